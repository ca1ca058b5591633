import PDFDocument from 'pdfkit';

/** What a document says of itself, to whoever does not read its pages. */
export interface DocumentAbout {
  readonly title: string;
  readonly language: string;
  readonly created: Date;
  /** Further entries of the document's information. */
  readonly entries?: Readonly<Record<string, string>>;
  /** Whether its parts are deflated. */
  readonly compress: boolean;
}

/** A document on A4: tagged, and complete in itself for archives (PDF/A-3a). The same drawing gives the same bytes. */
export async function documentPdf(
  { title, language, created, entries, compress }: DocumentAbout,
  draw: (document: PDFKit.PDFDocument) => void,
): Promise<Buffer> {
  const document = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    pdfVersion: '1.7',
    subset: 'PDF/A-3a',
    tagged: true,
    lang: language,
    displayTitle: true,
    compress,
    info: Object.assign(
      { Title: title, Producer: 'Lethe', Creator: 'Lethe', CreationDate: created },
      entries,
    ),
  });
  const chunks: Buffer[] = [];
  const ended = new Promise((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  draw(document);
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

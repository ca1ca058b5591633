import type { DocumentSigner } from '../ledger/ledger.ts';
import type { CertificateFile } from './certificate-file.ts';
import { documentPdf } from './document.ts';
import { figuresIn } from './figures.ts';
import { messagesIn } from './messages/messages.ts';
import { drawCertificate } from './pages.ts';
import { signPdf, unsigned } from './pdf-signature.ts';

/**
 * The certificate as a document on A4, with its JSON attached, signed as a whole: tagged for who cannot see it (PDF/UA-1) and
 * complete in itself for archives (PDF/A-3a). The same certificate gives the same bytes.
 * @param json the bytes of the JSON certificate, of the same form
 */
export async function certificatePdf(
  file: CertificateFile,
  json: Buffer,
  signer: DocumentSigner,
): Promise<Buffer> {
  const { certificate } = file;
  const messages = messagesIn(certificate.language);
  const issued = new Date(certificate.issued);
  const pdf = await documentPdf(
    {
      title: messages.documentTitle(certificate.id),
      language: certificate.language,
      created: issued,
      entries: { LetheSignature: unsigned },
      // So that the attached JSON stands in the file as it is: anyone can take it out, and no inflating is needed to check it.
      compress: false,
    },
    (document) => {
      document.appendXML(claimOfAccessibility);
      const attachment = {
        name: `certificate-${certificate.id}.json`,
        type: 'application/json',
        description: messages.attachment,
        creationDate: issued,
        modifiedDate: issued,
        // What the pages show is made of it.
        relationship: 'Source',
      };
      document.file(json, attachment);
      drawCertificate(document, file, { messages, figures: figuresIn(certificate.language) });
    },
  );
  return signPdf(pdf, (purpose, bytes) => signer.sign(purpose, bytes));
}

/** ISO 14289-1, section 5, with the extension schema that ISO 19005-3 wants for what it does not know (section 6.6.2.3.3). */
const claimOfAccessibility = `
        <rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="">
            <pdfuaid:part>1</pdfuaid:part>
        </rdf:Description>
        <rdf:Description rdf:about=""
                xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
                xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
                xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
            <pdfaExtension:schemas>
                <rdf:Bag>
                    <rdf:li rdf:parseType="Resource">
                        <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
                        <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
                        <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
                        <pdfaSchema:property>
                            <rdf:Seq>
                                <rdf:li rdf:parseType="Resource">
                                    <pdfaProperty:category>internal</pdfaProperty:category>
                                    <pdfaProperty:description>Indicates which part of ISO 14289 is followed</pdfaProperty:description>
                                    <pdfaProperty:name>part</pdfaProperty:name>
                                    <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
                                </rdf:li>
                            </rdf:Seq>
                        </pdfaSchema:property>
                    </rdf:li>
                </rdf:Bag>
            </pdfaExtension:schemas>
        </rdf:Description>
        `;

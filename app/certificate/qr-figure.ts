import { encode } from 'uqr';

/** Draws a text as a QR code that survives 15% of damage. @param size of its side with the quiet border, in points */
export function drawQrCode(
  document: PDFKit.PDFDocument,
  text: string,
  x: number,
  y: number,
  size: number,
): void {
  const { data } = encode(text, { ecc: 'M', border: 4 });
  const module = size / data.length;
  data.forEach((row, rowIndex) => {
    let start = 0;
    row.forEach((isDark, column) => {
      if (!isDark) start = column + 1;
      else if (!row[column + 1]) {
        // Dark modules side by side are one rectangle, so that no printer shows a seam.
        document.rect(
          x + start * module,
          y + rowIndex * module,
          (column + 1 - start) * module,
          module,
        );
      }
    });
  });
  document.fill('#000000');
}

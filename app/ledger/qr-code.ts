import { renderSVG, renderUnicodeCompact } from 'uqr';

/** A text, such as a checkpoint, as a QR code that survives 15% of damage: for paper. */
export function qrCodeSvg(text: string): string {
  return renderSVG(text, { ecc: 'M', border: 4 });
}

/** The same in block characters, for a terminal that writes light on dark. */
export function qrCodeForTerminal(text: string): string {
  return renderUnicodeCompact(text, { ecc: 'M', border: 2 });
}

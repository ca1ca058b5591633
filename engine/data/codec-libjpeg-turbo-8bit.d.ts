/** What is used of the package, which brings no types. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  interface JPEGDecoder {
    /** Memory of the decoder's own, to be filled with the file. */
    getEncodedBuffer(length: number): Uint8Array;
    readHeader(): void;
    /** After `readHeader`. */
    getFrameInfo(): { width: number; height: number; componentCount: number };
    /** Throws a number for what libjpeg-turbo refuses, and for what it warns of. */
    decode(): void;
    /** Memory of the decoder's own, until it decodes the next file. */
    getDecodedBuffer(): Uint8ClampedArray;
  }
  export default function load(): Promise<{ readonly JPEGDecoder: new () => JPEGDecoder }>;
}

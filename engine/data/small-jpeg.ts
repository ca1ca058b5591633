import loadCodec from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import type { ImageShape } from './dataset.ts';
import type { Pixels } from './pixels.ts';

/** A larger image takes so long that it had better be decoded beside the main thread. */
const mostPixels = 2 ** 16;

const { JPEGDecoder } = await loadCodec();
let decoder = new JPEGDecoder();

/**
 * Decodes a small JPEG of the size wanted by libjpeg-turbo in WebAssembly, to the very bytes that sharp makes of it, at
 * nine times the speed: for small images, what sharp takes is all set-up. WebAssembly also keeps what a hostile file may do
 * within the decoder's own memory.
 * @returns null for anything that is not such an image, sound and of one or three components: sharp can tell why
 */
export function decodeSmallJpeg(file: Uint8Array, [height, width]: ImageShape): Pixels | null {
  if (height * width > mostPixels || file[0] !== 0xff || file[1] !== 0xd8) return null;
  try {
    decoder.getEncodedBuffer(file.length).set(file);
    // The header is read first: what it says of the size is what decoding allocates.
    decoder.readHeader();
    const { componentCount: channels, ...size } = decoder.getFrameInfo();
    if (size.height !== height || size.width !== width) return null;
    if (channels !== 1 && channels !== 3) return null;
    decoder.decode();
    return { bytes: Uint8Array.from(decoder.getDecodedBuffer()), height, width, channels };
  } catch {
    // It may be left in the middle of something.
    decoder = new JPEGDecoder();
    return null;
  }
}

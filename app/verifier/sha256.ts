import { toHex, type Bytes } from './encoding.ts';

/*
 * SHA-256 (FIPS 180-4, sections 4.1.2, 5 and 6.2). WebCrypto has it, too, but only for what lies in memory as a whole, and
 * models do not.
 */

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2). */
const constants = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** Section 5.3.3. */
const initial = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
];

const blockLength = 64;

/** The digest of what is added piece by piece. */
export class Sha256 {
  readonly #state = Int32Array.from(initial);
  readonly #schedule = new Int32Array(64);
  readonly #block = new Uint8Array(blockLength);
  #length = 0;

  add(bytes: Uint8Array): this {
    let place = 0;
    while (place < bytes.length) {
      const filled = this.#length % blockLength;
      const part = bytes.subarray(place, place + blockLength - filled);
      this.#block.set(part, filled);
      this.#length += part.length;
      place += part.length;
      if (this.#length % blockLength === 0) this.#compress();
    }
    return this;
  }

  /** 32 bytes. Nothing can be added afterwards. */
  digest(): Bytes {
    const bits = 8 * this.#length;
    const padding = new Uint8Array(blockLength + 8);
    padding[0] = 0x80;
    const zeros = (2 * blockLength - 9 - (this.#length % blockLength)) % blockLength;
    const length = new DataView(padding.buffer, 1 + zeros);
    length.setUint32(0, Math.floor(bits / 2 ** 32));
    length.setUint32(4, bits % 2 ** 32);
    this.add(padding.subarray(0, 1 + zeros + 8));
    const digest = new Uint8Array(32);
    const view = new DataView(digest.buffer);
    this.#state.forEach((word, place) => {
      view.setInt32(4 * place, word);
    });
    return digest;
  }

  #compress(): void {
    const [words, state, block] = [this.#schedule, this.#state, this.#block];
    for (let place = 0; place < 16; place++) {
      const byte = 4 * place;
      words[place] =
        (block[byte] << 24) | (block[byte + 1] << 16) | (block[byte + 2] << 8) | block[byte + 3];
    }
    for (let place = 16; place < 64; place++) {
      const [near, far] = [words[place - 2], words[place - 15]];
      const sigma1 = turned(near, 17) ^ turned(near, 19) ^ (near >>> 10);
      const sigma0 = turned(far, 7) ^ turned(far, 18) ^ (far >>> 3);
      words[place] = (sigma1 + words[place - 7] + sigma0 + words[place - 16]) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let round = 0; round < 64; round++) {
      const sum1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const choice = (e & f) ^ (~e & g);
      const first = (h + sum1 + choice + constants[round] + words[round]) | 0;
      const sum0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const majority = (a & b) ^ (a & c) ^ (b & c);
      h = g;
      g = f;
      f = e;
      e = (d + first) | 0;
      d = c;
      c = b;
      b = a;
      a = (first + sum0 + majority) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }
}

export function sha256(...parts: readonly Uint8Array[]): Bytes {
  const hash = new Sha256();
  for (const part of parts) hash.add(part);
  return hash.digest();
}

export function sha256Hex(...parts: readonly Uint8Array[]): string {
  return toHex(sha256(...parts));
}

/** Rotated to the right. */
function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

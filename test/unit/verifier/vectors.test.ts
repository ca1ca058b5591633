import { describe, expect, it } from 'vitest';
import { canonicalJson, parseCanonicalJson } from '../../../app/verifier/canonical-json.ts';
import { isNoteSignedBy, parseCheckpoint, parseNote } from '../../../app/verifier/checkpoint.ts';
import { isSigned } from '../../../app/verifier/ed25519.ts';
import {
  characters,
  fromBase64,
  fromHex,
  toHex,
  utf8,
  type Bytes,
} from '../../../app/verifier/encoding.ts';
import {
  GrowingTree,
  isConsistent,
  isIncluded,
  leafHash,
} from '../../../app/verifier/merkle-tree.ts';
import { Sha256, sha256Hex } from '../../../app/verifier/sha256.ts';

/* The published vectors of what the verifier is made from, read from where they are published. */

function bytes(hexadecimal: string): Bytes {
  const read = fromHex(hexadecimal.replaceAll(/\s/g, ''));
  if (read === null) throw new Error('no hexadecimal digits');
  return read;
}

describe('SHA-256', () => {
  // FIPS 180-4's examples, and one of RFC 6234, section 8.5.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    [
      'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
      'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1',
    ],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('is as published (%#)', (text, digest) => {
    expect(sha256Hex(utf8(text))).toBe(digest);
  });

  it('does not depend on the pieces', () => {
    for (let cut = 0; cut <= 130; cut++) {
      const whole = utf8('x'.repeat(130));
      const hash = new Sha256().add(whole.subarray(0, cut)).add(whole.subarray(cut));
      expect(toHex(hash.digest()), String(cut)).toBe(sha256Hex(whole));
    }
  });
});

describe('Ed25519 (RFC 8032, section 7.1)', () => {
  const vectors = [
    {
      key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      message: '',
      signature: `e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155
        5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b`,
    },
    {
      key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      message: '72',
      signature: `92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da
        085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00`,
    },
    {
      key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      message: 'af82',
      signature: `6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac
        18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a`,
    },
    {
      key: 'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
      message: `ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
        2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f`,
      signature: `dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589
        09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704`,
    },
  ];

  it.each(vectors)('takes the signature of vector %#', async ({ key, message, signature }) => {
    expect(await isSigned(bytes(key), bytes(message), bytes(signature))).toBe(true);
  });

  it('refuses every flipped bit of key and signature', async () => {
    const [, { key, message, signature }] = vectors;
    for (let bit = 0; bit < 8 * 96; bit++) {
      const both = bytes(key + signature);
      both[bit >> 3] ^= 1 << (bit & 7);
      const holds = await isSigned(both.slice(0, 32), bytes(message), both.slice(32));
      expect(holds, `bit ${String(bit)}`).toBe(false);
    }
  });

  it('refuses a signature whose second half is not below the order of the group (section 5.1.7)', async () => {
    const [{ key, message, signature }] = vectors;
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const forged = bytes(signature);
    let value = 0n;
    for (let place = 63; place >= 32; place--) value = value * 256n + BigInt(forged[place]);
    value += order;
    for (let place = 32; place < 64; place++) {
      forged[place] = Number(value % 256n);
      value /= 256n;
    }
    expect(await isSigned(bytes(key), bytes(message), forged)).toBe(false);
  });

  it.each([31, 33])('refuses a key of %i bytes', async (length) => {
    expect(await isSigned(new Uint8Array(length), utf8(''), new Uint8Array(64))).toBe(false);
  });
});

describe('canonical JSON (RFC 8785)', () => {
  it('is that of section 3.2', () => {
    const source = `{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`;
    const canonical = `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}`;
    expect(canonicalJson(JSON.parse(source))).toBe(canonical);
    expect(toHex(utf8(canonical))).toBe(
      `7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333
       332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c
       75303030665c6e4127425c225c5c5c5c5c222f227d`.replaceAll(/\s/g, ''),
    );
  });

  it('has members in the order of section 3.2.3', () => {
    const names = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(canonicalJson(names)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  it('has members with numbers for names in the order of text', () => {
    expect(canonicalJson({ 9: 0, 10: 0 })).toBe('{"10":0,"9":0}');
  });

  // Appendix B: the bits of a number, and how it is written.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s as %s', (bits, text) => {
    expect(canonicalJson(new DataView(bytes(bits).buffer).getFloat64(0))).toBe(text);
  });

  it.each(['7fffffffffffffff', '7ff0000000000000'])('has no form for the number %s', (bits) => {
    expect(() => canonicalJson(new DataView(bytes(bits).buffer).getFloat64(0))).toThrow();
  });

  it.each([
    ['blanks', '{"a": 1}'],
    ['a member twice', '{"a":1,"a":1}'],
    ['members out of order', '{"b":1,"a":1}'],
    ['a number in another form', '[1.0]'],
    ['minus nothing', '[-0]'],
    ['an escape that is not needed', '["\\u0041"]'],
    ['an escape in capitals', '["\\u000F"]'],
    ['half a character', '["\\ud800"]'],
    ['a byte order mark', '\ufeff{}'],
    ['a number that is too large', '[1e400]'],
    ['nothing', ''],
    ['depth without end', '['.repeat(200_000) + ']'.repeat(200_000)],
  ])('refuses %s', (_, text) => {
    expect(parseCanonicalJson(text)).toBeNull();
  });

  it('takes a member with the name of the prototype for what it is', () => {
    expect(parseCanonicalJson('{"__proto__":{"a":1}}')).not.toBeNull();
  });
});

/** The eight leaves that implementations of Certificate Transparency are tested with, and the roots of their first n. */
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const hashes = leaves.map((leaf) => leafHash(bytes(leaf)));
const treeOf = (size: number) => ({ size, root: bytes(roots[size - 1]) });

describe('a Merkle tree (RFC 9162, section 2.1)', () => {
  it('has the published roots', () => {
    const tree = new GrowingTree();
    expect(toHex(tree.root())).toBe(sha256Hex());
    hashes.forEach((leaf, index) => {
      tree.add(leaf);
      expect(toHex(tree.root())).toBe(roots[index]);
    });
  });

  // Of the same sources: leaf, size, path.
  it.each([
    [0, 1, []],
    [
      0,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      5,
      8,
      [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
    [
      1,
      5,
      [
        '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ] as const)('takes the published proof of leaf %i of %i', (index, size, path) => {
    const read = path.map(bytes);
    expect(isIncluded(hashes[index], index, treeOf(size), read)).toBe(true);
    expect(isIncluded(hashes[(index + 1) % 8], index, treeOf(size), read)).toBe(false);
    expect(isIncluded(hashes[index], index + 1, treeOf(size), read)).toBe(false);
    // The middle of a proof counts as much as its ends (CVE-2022-36111).
    read.forEach((_, place) => {
      const wrong = read.with(place, hashes[7]);
      expect(isIncluded(hashes[index], index, treeOf(size), wrong), String(place)).toBe(false);
      expect(isIncluded(hashes[index], index, treeOf(size), read.toSpliced(place, 1))).toBe(false);
    });
    expect(isIncluded(hashes[index], index, treeOf(size), [...read, hashes[0]])).toBe(false);
  });

  it.each([
    [1, 1, []],
    [
      1,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      6,
      8,
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [
      2,
      5,
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ] as const)('takes the published proof that %i grew to %i', (from, to, path) => {
    const read = path.map(bytes);
    expect(isConsistent(treeOf(from), treeOf(to), read)).toBe(true);
    expect(isConsistent({ size: from, root: hashes[7] }, treeOf(to), read)).toBe(false);
    expect(isConsistent(treeOf(from), { size: to, root: hashes[7] }, read)).toBe(false);
    read.forEach((_, place) => {
      expect(isConsistent(treeOf(from), treeOf(to), read.with(place, hashes[7]))).toBe(false);
      expect(isConsistent(treeOf(from), treeOf(to), read.toSpliced(place, 1))).toBe(false);
    });
    expect(isConsistent(treeOf(from), treeOf(to), [...read, hashes[0]])).toBe(false);
  });

  it('never takes an empty tree for a beginning', () => {
    expect(isConsistent({ size: 0, root: bytes(sha256Hex()) }, treeOf(8), [])).toBe(false);
  });
});

describe('a signed note', () => {
  /** Of the documentation of Go's golang.org/x/mod/sumdb/note, where the format comes from. */
  const note = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;
  const [, , encoded] = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'.split(
    '+',
  );
  const publicKey = toHex(fromBase64(encoded)?.slice(1) ?? new Uint8Array());

  it('is verified as Go does', async () => {
    const read = parseNote(note);
    if (read === null) throw new Error('unreadable');
    expect(await isNoteSignedBy(read, 'PeterNeumann', publicKey)).toBe(true);
    expect(await isNoteSignedBy(read, 'EnochRoot', publicKey)).toBe(false);
    expect(await isNoteSignedBy(read, 'PeterNeumann', '00'.repeat(32))).toBe(false);
  });

  it.each([
    ['without signatures', 'text\n\n'],
    ['without a blank line', 'text\n— name AAAAAAA=\n'],
    ['that ends without a line feed', note.slice(0, -1)],
    ['with a carriage return', note.replaceAll('\n', '\r\n')],
    ['with a hyphen for a dash', note.replace('—', '-')],
    ['with Base64 that has another form, too', note.replace('nAM=', 'nAN=')],
    ['with a plus in a name', note.replace('PeterNeumann', 'Peter+Neumann')],
    ['of half a character', note.replace('If', '\ud800')],
  ])('is none %s', (_, text) => {
    expect(parseNote(text)).toBeNull();
  });
});

describe('a checkpoint (c2sp.org/tlog-checkpoint)', () => {
  /** The specification's example. */
  const example = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;

  it('is read as the specification’s example', () => {
    expect(parseCheckpoint(example)).toMatchObject({
      origin: 'example.com/behind-the-sofa',
      size: 20852163,
      root: fromBase64('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='),
    });
  });

  it('may have extensions, which are signed with it', () => {
    const extended = example.replace('2I=\n', '2I=\nextension\n');
    expect(parseCheckpoint(extended)?.note.text).toMatch(/extension\n$/);
  });

  it.each([
    ['without a size', example.replace('20852163\n', '')],
    ['with a size that begins with a zero', example.replace('20852163', '020852163')],
    ['with a negative size', example.replace('20852163', '-1')],
    ['with a size that no number holds', example.replace('20852163', '9999999999999999')],
    ['with a root that is too short', example.replace('CsUYapGG', '')],
    ['without an origin', example.replace('example.com/behind-the-sofa\n2', '\n2')],
    ['with an empty extension', example.replace('2I=\n', '2I=\n\nx\n')],
  ])('is none %s', (_, text) => {
    expect(parseCheckpoint(text)).toBeNull();
  });
});

describe('bytes as text', () => {
  it.each(['0', 'AB', 'xy', ' 00'])('refuses %j as hexadecimal digits', (text) => {
    expect(fromHex(text)).toBeNull();
  });

  it('keeps every byte as a character', () => {
    const all = Uint8Array.from({ length: 20_000 }, (_, index) => index % 256);
    const text = characters(all);
    expect(text).toHaveLength(20_000);
    expect(Uint8Array.from(text, (character) => character.charCodeAt(0))).toEqual(all);
  });
});

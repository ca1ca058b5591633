/*
 * A subject reference should say nothing to whoever lacks the file that explains it. What looks like something else is
 * warned of, and no more: a number can pass every check and still be the reference of a file.
 */

/** @returns sentences; none for what looks like a reference */
export function subjectReferenceWarnings(reference: string): string[] {
  const text = reference.normalize('NFKC').trim();
  if (text === '') return [];
  const look = looks.find(({ is }) => is(text));
  if (look === undefined) return [];
  return [
    `The subject reference looks like ${look.like}. Use a reference that says who it is only in your own files.`,
  ];
}

interface Look {
  readonly like: string;
  readonly is: (text: string) => boolean;
}

/** The first that fits is told: the more particular come before the less. */
const looks: readonly Look[] = [
  { like: 'an e-mail address', is: (text) => /[^\s@]+@[^\s@]+\.[^\s@.]+/u.test(text) },
  { like: 'a German tax number (IdNr)', is: (text) => holds(text, 11, isGermanTaxId) },
  { like: 'a French social security number (NIR)', is: (text) => isFrenchNir(packed(text)) },
  { like: 'a British National Insurance number', is: (text) => isBritishNino(packed(text)) },
  { like: 'a telephone number', is: isPhone },
  { like: 'a Dutch citizen number (BSN)', is: (text) => holds(text, 9, isDutchBsn) },
  { like: 'a US Social Security number', is: isAmericanNumber },
  { like: 'a German identity card number', is: (text) => isGermanCard(packed(text)) },
  { like: 'a name', is: isName },
];

/** Without the spaces, dots and dashes that people group digits by. */
function packed(text: string): string {
  return text.replace(/[\s./-]/g, '').toUpperCase();
}

function holds(text: string, length: number, check: (digits: string) => boolean): boolean {
  const digits = packed(text);
  return digits.length === length && /^\d+$/.test(digits) && check(digits);
}

/** Eleven digits, the last one by ISO/IEC 7064, MOD 11,10; the first is no 0, and among the first ten one repeats. */
function isGermanTaxId(digits: string): boolean {
  if (digits.startsWith('0') || new Set(digits.slice(0, 10)).size === 10) return false;
  let product = 10;
  for (const digit of digits.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return (11 - product) % 10 === Number(digits[10]);
}

/** Nine characters of a restricted alphabet and a digit, weighted 7, 3, 1 (ICAO 9303, part 3, section 4.9). */
function isGermanCard(text: string): boolean {
  if (!/^[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ0-9]{8}\d/.test(text) || text.length > 11) {
    return false;
  }
  const weights = [7, 3, 1];
  const sum = Array.from(text.slice(0, 9)).reduce(
    (total, character, place) => total + parseInt(character, 36) * weights[place % 3],
    0,
  );
  return sum % 10 === Number(text[9]) && /^D?$/.test(text.slice(10));
}

/** Sex, year, month, department, commune and number, and 97 less the rest by 97; Corsica's 2A counts as 19, 2B as 18. */
function isFrenchNir(text: string): boolean {
  const parts = /^([12]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{6})(\d{2})$/.exec(text);
  if (parts === null) return false;
  const number = BigInt(parts[1].replace('2A', '19').replace('2B', '18'));
  return 97n - (number % 97n) === BigInt(parts[2]);
}

/** Two letters, six digits and A to D; without the prefixes that were never given out (HMRC, NIM39110). */
function isBritishNino(text: string): boolean {
  return /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/.test(text);
}

/** The elfproef: 9, 8, … 2 and −1 times the digits give a multiple of 11. */
function isDutchBsn(digits: string): boolean {
  const sum = Array.from(digits).reduce(
    (total, digit, place) => total + Number(digit) * (place === 8 ? -1 : 9 - place),
    0,
  );
  return sum % 11 === 0 && Number(digits) > 0;
}

/** Without the areas, groups and serials that are never given out (20 CFR 422.103). It has no check digit. */
function isAmericanNumber(text: string): boolean {
  return /^(?!000|666|9\d\d)\d{3}([- ]?)(?!00)\d\d\1(?!0000)\d{4}$/.test(text);
}

/** With the sign for a country, or a 0 in front and grouped as telephone numbers are. */
function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (digits.length < 7 || digits.length > 15 || !/^[+\d\s()./-]+$/.test(text)) return false;
  return /^(\+|00)\s?\d/.test(text) || /^\(?0\d+\)?[\s/-]/.test(text) || isAmericanPhone(text);
}

function isAmericanPhone(text: string): boolean {
  return /^(1[ .-])?(\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}$/.test(text);
}

/** Two to five words of letters alone, not all of them in capitals. */
function isName(text: string): boolean {
  const words = text.split(/[\s,]+/u).filter((word) => word !== '');
  if (words.length < 2 || words.length > 5) return false;
  const isNamePart = (word: string): boolean => /^\p{L}[\p{L}\p{M}’'.-]*$/u.test(word);
  return words.every(isNamePart) && !words.every((word) => /^\p{Lu}{2,}$/u.test(word));
}

import type { Options } from '@dicebear/notionists';

type Variant<Part extends 'hair' | 'nose' | 'body' | 'beard' | 'glasses'> = NonNullable<
  Options[Part]
>[number];

/** What stays the same in every picture of a person. */
export interface Person {
  readonly name: string;
  readonly skin: string;
  readonly hair: Variant<'hair'>;
  /** Of brows and beard too. */
  readonly hairColour: string;
  /** Of a scarf over the hair. */
  readonly scarfColour?: string;
  /** Of a band, ribbon, cap or turban. */
  readonly wornColour?: string;
  readonly nose: Variant<'nose'>;
  readonly clothes: Variant<'body'>;
  readonly clothesColour: string;
  readonly beard?: Variant<'beard'>;
  readonly glasses?: Variant<'glasses'>;
}

const pale = '#f7dfd0';
const light = '#f0ccb2';
const olive = '#e2b68f';
const tan = '#d09b6c';
const brown = '#b88257';
const dark = '#976343';

const black = '#1c1716';
const darkBrown = '#46301f';
const auburn = '#84401f';
const ginger = '#c0612a';
const blonde = '#cfa152';
const grey = '#85807b';

/** None of these people exists: names and looks were put together for this sample. */
export const people: readonly Person[] = [
  {
    name: 'Amara O',
    skin: dark,
    hair: 'variant20',
    hairColour: black,
    nose: 'variant05',
    clothes: 'variant22',
    clothesColour: '#f2b84b',
  },
  {
    name: 'Benno K',
    skin: light,
    hair: 'variant06',
    hairColour: auburn,
    nose: 'variant19',
    clothes: 'variant05',
    clothesColour: '#9db7d1',
    beard: 'variant02',
  },
  {
    name: 'Chiara L',
    skin: olive,
    hair: 'variant36',
    hairColour: darkBrown,
    nose: 'variant02',
    clothes: 'variant13',
    clothesColour: '#e88d76',
  },
  {
    name: 'Dev P',
    skin: brown,
    hair: 'variant61',
    hairColour: black,
    wornColour: '#2f8f8b',
    nose: 'variant10',
    clothes: 'variant14',
    clothesColour: '#f4ead6',
    beard: 'variant02',
  },
  {
    name: 'Elif T',
    skin: olive,
    hair: 'variant63',
    hairColour: darkBrown,
    scarfColour: '#2c6e73',
    nose: 'variant03',
    clothes: 'variant21',
    clothesColour: '#e9d9c3',
  },
  {
    name: 'Finn W',
    skin: pale,
    hair: 'variant51',
    hairColour: ginger,
    nose: 'variant12',
    clothes: 'variant24',
    clothesColour: '#7fae86',
  },
  {
    name: 'Goran S',
    skin: light,
    hair: 'variant55',
    hairColour: grey,
    nose: 'variant20',
    clothes: 'variant20',
    clothesColour: '#ffffff',
    beard: 'variant07',
    glasses: 'variant03',
  },
  {
    name: 'Hana R',
    skin: pale,
    hair: 'variant41',
    hairColour: black,
    nose: 'variant08',
    clothes: 'variant07',
    clothesColour: '#e6a3b4',
  },
  {
    name: 'Ines M',
    skin: tan,
    hair: 'variant59',
    hairColour: darkBrown,
    nose: 'variant14',
    clothes: 'variant23',
    clothesColour: '#b7a1d6',
  },
  {
    name: 'Jonas B',
    skin: light,
    hair: 'variant56',
    hairColour: blonde,
    nose: 'variant06',
    clothes: 'variant01',
    clothesColour: '#c8553d',
    glasses: 'variant11',
  },
  {
    name: 'Katya V',
    skin: pale,
    hair: 'variant23',
    hairColour: blonde,
    nose: 'variant11',
    clothes: 'variant16',
    clothesColour: '#6f8fb5',
  },
  {
    name: 'Luis H',
    skin: tan,
    hair: 'variant33',
    hairColour: black,
    nose: 'variant07',
    clothes: 'variant15',
    clothesColour: '#f5d76b',
    beard: 'variant10',
  },
  {
    name: 'Mina A',
    skin: brown,
    hair: 'variant08',
    hairColour: black,
    wornColour: '#ef8f35',
    nose: 'variant04',
    clothes: 'variant12',
    clothesColour: '#8cc5b8',
  },
  {
    name: 'Noor F',
    skin: tan,
    hair: 'variant62',
    hairColour: black,
    scarfColour: '#8a2f47',
    nose: 'variant16',
    clothes: 'variant06',
    clothesColour: '#f3e7e2',
    glasses: 'variant08',
  },
  {
    name: 'Oskar J',
    skin: pale,
    hair: 'variant60',
    hairColour: darkBrown,
    nose: 'variant09',
    clothes: 'variant08',
    clothesColour: '#dfe3e6',
    glasses: 'variant02',
  },
  {
    name: 'Petra Z',
    skin: light,
    hair: 'variant57',
    hairColour: grey,
    nose: 'variant15',
    clothes: 'variant25',
    clothesColour: '#a9c97f',
    glasses: 'variant11',
  },
  {
    name: 'Quentin D',
    skin: dark,
    hair: 'variant44',
    hairColour: black,
    nose: 'variant18',
    clothes: 'variant10',
    clothesColour: '#ffffff',
    glasses: 'variant03',
  },
  {
    name: 'Rosa G',
    skin: tan,
    hair: 'variant28',
    hairColour: auburn,
    nose: 'variant01',
    clothes: 'variant09',
    clothesColour: '#d96c8a',
  },
  {
    name: 'Samir Y',
    skin: brown,
    hair: 'variant31',
    hairColour: black,
    nose: 'variant17',
    clothes: 'variant03',
    clothesColour: '#88a9e0',
    beard: 'variant01',
  },
  {
    name: 'Tilda N',
    skin: pale,
    hair: 'variant46',
    hairColour: ginger,
    wornColour: '#3f77c2',
    nose: 'variant13',
    clothes: 'variant11',
    clothesColour: '#f4f0e4',
  },
  {
    name: 'Uma C',
    skin: dark,
    hair: 'variant48',
    hairColour: black,
    nose: 'variant02',
    clothes: 'variant02',
    clothesColour: '#f0f0f0',
    glasses: 'variant09',
  },
  {
    name: 'Vera I',
    skin: light,
    hair: 'variant43',
    hairColour: grey,
    nose: 'variant05',
    clothes: 'variant19',
    clothesColour: '#c3b6e3',
  },
  {
    name: 'Wei E',
    skin: olive,
    hair: 'hat',
    hairColour: black,
    wornColour: '#d64545',
    nose: 'variant11',
    clothes: 'variant17',
    clothesColour: '#f1d9a8',
  },
  {
    name: 'Xenia Q',
    skin: olive,
    hair: 'variant58',
    hairColour: '#6d3f96',
    nose: 'variant07',
    clothes: 'variant18',
    clothesColour: '#93b8a0',
    glasses: 'variant04',
  },
];

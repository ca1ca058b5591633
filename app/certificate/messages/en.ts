import { titleOf, type FindingTitles, type Messages } from './message-table.ts';

const titles: FindingTitles = {
  'forget-accuracy': {
    title: 'Erased class still recognised',
    asks: 'How often test images of the erased class are still put into it.',
  },
  'worst-forget-class': {
    title: 'The erased class recognised most',
    asks: 'How often it is still recognised: an average can hide one class that is not forgotten.',
  },
  'retain-accuracy': {
    title: 'Other classes recognised',
    asks: 'How often test images of the classes to keep are put into the right one. A ruined model forgets, too.',
  },
  'worst-retain-class': {
    title: 'The class that lost most',
    asks: 'How much less often it is recognised than before: an average can hide one class that is gone.',
  },
  'neighbour-classes': {
    title: 'The classes most like the erased one',
    asks: 'How often they are recognised: they are damaged first.',
  },
  'answer-concentration': {
    title: 'One other name for the erased class',
    asks: 'How often the most frequent answer is given: a class that always gets one other name is still recognised, under that name.',
  },
  'score-separation': {
    title: 'What its score still tells',
    asks: 'Whether images of the erased class can be told from others by what the model scores for that class, however low, beyond the doubt that any strange image raises; 0.5 is guessing.',
  },
  'membership-loss': {
    title: 'Membership inference, by the error',
    asks: 'Whether training images of the erased class can be told from others by the model’s error on them; 0.5 is guessing.',
  },
  'membership-entropy': {
    title: 'Membership inference, by the spread',
    asks: 'The same, by how spread the model’s answers are.',
  },
  'membership-confidence': {
    title: 'Membership inference, by the confidence',
    asks: 'The same, by how sure the model is of its answers.',
  },
  'membership-shadow-models': {
    title: 'Membership inference, image by image',
    asks: 'The same for single images, with models trained for it to compare with.',
  },
  'linear-probe': {
    title: 'Found in the inner features',
    asks: 'How often a probe that is trained on the model’s inner features recognises the erased class.',
  },
  'worst-probe-class': {
    title: 'The erased class found most',
    asks: 'How much more often a probe finds it than in the model that is compared with: an average can hide one class that was left.',
  },
  prototypes: {
    title: 'Found by likeness',
    asks: 'How many test images of the erased class are found after ten images of it were shown.',
  },
  relearning: {
    title: 'Learned again',
    asks: 'In how many steps the class is learned again, divided by how many a model takes that never saw it.',
  },
  'weight-distance': {
    title: 'Inner weights moved',
    asks: 'By how much of their size the weights before the last layer changed.',
  },
  'feature-distance': {
    title: 'Inner features moved',
    asks: 'By how much of its size what the model sees in images of the erased class changed.',
  },
  'output-distance': {
    title: 'Answers moved',
    asks: 'How far the answers for the erased class are from the original’s with that class struck out.',
  },
};

function listed(names: readonly string[]): string {
  return names
    .map((name) => titleOf(titles, name)?.title ?? name)
    .map((title) => `“${title}”`)
    .join(', ');
}

const plural = (count: number, one: string, many: string): string =>
  `${String(count)} ${count === 1 ? one : many}`;

export const en: Messages = {
  statements: {
    verdict: {
      PASS: ({ measured, hasReference }) =>
        `All ${plural(measured, 'finding', 'findings')} keep to what was fixed before the run. The model no longer recognises the erased class, still recognises the others, and ${
          hasReference
            ? 'what can be found of the erased class in it is as little as in a model that was trained without the class, within the margins fixed before the run.'
            : 'what can be found of the erased class in it is clearly less than in the original. There was no model trained without the class to compare with, so it is not shown that as little is left as in such a model: this is the weaker claim.'
        } It holds for these images and these measurements; that nothing at all is left, no measurement can show.`,
      FAIL: ({ failed }) =>
        `${failed.length === 1 ? 'One finding does' : `${String(failed.length)} findings do`} not keep to what was fixed before the run: ${listed(failed)}. The erasure is not shown to have done what it had to.`,
      INCONCLUSIVE: ({ open }) =>
        `Nothing that was measured failed, but not all that a verdict of pass needs could be decided${open.length === 0 ? '.' : `: ${listed(open)}.`} Nothing is claimed either way.`,
      none: 'This run was judged by accuracy only. A model can fail to name a class and still hold traces of its images, so there is no verdict of pass.',
    },
    limits: (hasReference) => [
      'A figure is what was measured on the images counted here, with the 95% interval in which it would lie for others of their kind. It holds for the model with the SHA-256 given here and for no other.',
      hasReference
        ? 'Where it says so, the limit of a finding comes from a model that was trained without the class: what such a model shows, the erased one may show, too. Where the program did not train it itself, that it never saw the class is the word of whoever gave it.'
        : 'There was no model trained without the class to compare with. That something is less than in the original does not show that it is as little as if the class had never been there.',
      'That images of the erased class were not read while erasing was counted by the program itself.',
      'The signature shows that the holder of the ledger’s key issued this certificate and that it was not changed since. It does not show that what was measured was measured rightly.',
    ],
    residualRisk: ({ isOpen, attacked }) => [
      'Traces of the erased class that none of the measurements looks for may be left in the weights. Attacks that are not known yet may find them.',
      {
        none: 'No attack was run that tries to tell whether images were used for training: that this cannot be told is not shown.',
        class:
          'Attacks on the whole class were run, and none on single images with models trained for it: that one image cannot be told to have been used is not shown.',
        images:
          'Attacks on the whole class and on single images were run. They say how many images give themselves away, not which: that one certain image cannot be told to have been used is not shown.',
      }[attacked],
      ...(isOpen
        ? [
            'What a verdict of pass needs and is open here is a risk of unknown size until it is measured.',
          ]
        : []),
    ],
    attacks: {
      'membership-inference': {
        none: 'It takes training images and test images of the erased class to measure with.',
        class:
          'Run on the whole class, by error, spread and confidence: see the findings. The attack on single images, with models trained for it, was not run: it takes eight more trainings and erasures.',
        images:
          'Run on the whole class, by error, spread and confidence, and on single images, with models trained for it: see the findings.',
      },
      'attribute-inference':
        'It asks whether something about a person can be told from the model’s answers, and this program does not know what the images say of persons.',
      exfiltration:
        'It is about copying the model or its data out of where they are kept, which no measurement of the model can show. Access to both has to be guarded.',
      regurgitation:
        'A classifier answers with a class and no image, so it cannot repeat an image as a generating model can. What it reveals by its answers, membership inference measures.',
      'model-inversion':
        'Reading a picture of a class back out of the weights was not tried. Where the erased class is no longer told from others by the inner features (see the findings), there is less to read.',
      reconstruction:
        'Rebuilding single training images from the weights was not tried. It is best known for small networks that were trained on few images.',
    },
    outside: ({ recipients, locations }) => [
      recipients === null
        ? 'Recipients: whom the data or the model had been disclosed to was not entered. They have to be told of the erasure, unless that is impossible or takes a disproportionate effort (GDPR, Article 19).'
        : recipients.all === 0
          ? 'Recipients: none were entered. Whoever the data or the model had been disclosed to has to be told of the erasure (GDPR, Article 19).'
          : recipients.notified === recipients.all
            ? `Recipients: all that were entered (${String(recipients.all)}) have been told (GDPR, Article 19).`
            : `Recipients: of ${String(recipients.all)} that were entered, ${String(recipients.all - recipients.notified)} must still be told (GDPR, Article 19).`,
      locations === null || locations.all === 0
        ? 'Copies, backups, derived models and the original’s weights: where they are was not entered. Nothing here says anything of them; in each of them the class is still there.'
        : locations.decided === locations.all
          ? `Copies, backups, derived models and the original’s weights: of all that were entered (${String(locations.all)}) it is decided what becomes of them. That it was carried out is not proved here.`
          : `Copies, backups, derived models and the original’s weights: of ${String(locations.all)} that were entered, it is still to be decided what becomes of ${String(locations.all - locations.decided)}. In each of them the class is still there.`,
      'The images themselves, where they were collected or kept, are not touched by this erasure.',
    ],
  },

  title: 'Certificate of erasure',
  documentTitle: (id) => `Certificate of erasure ${id}`,
  attachment: 'This certificate, signed, for programs to read',
  caseNumber: (id) => `Case ${id}`,
  certificateNumber: (id) => `Certificate ${id}`,
  pageOf: (number, count) => `Page ${String(number)} of ${String(count)}`,
  withoutNames: 'Form without names',
  lead: ({
    date,
    model,
    forget,
    more,
    forgetCount,
    forgetCountText,
    classCountText,
    read,
    readText,
  }) => [
    `On ${date} the image classifier `,
    ...(model === null ? [] : [{ strong: model }, ' ']),
    'was made to forget ',
    ...forget.flatMap((name, place) => [
      place === 0 ? '' : place === forget.length - 1 && more === null ? ' and ' : ', ',
      { strong: name },
    ]),
    more === null ? '' : ` and ${more} more`,
    `, ${forgetCountText} of its ${classCountText} classes. While erasing, `,
    read === 0
      ? `no image of ${forgetCount === 1 ? 'that class' : 'those classes'} was read.`
      : `${readText} ${read === 1 ? 'image' : 'images'} of ${forgetCount === 1 ? 'that class' : 'those classes'} ${read === 1 ? 'was' : 'were'} read.`,
  ],
  verdictIs: {
    PASS: 'Verdict: pass',
    FAIL: 'Verdict: fail',
    INCONCLUSIVE: 'Verdict: inconclusive',
  },
  figures: {
    forgotten: (count, text) =>
      count === 1 ? 'Erased class recognised' : `${text} erased classes recognised`,
    others: (count, text) =>
      count === 1 ? 'The other class recognised' : `${text} other classes recognised`,
    read: 'Images of erased classes read',
    before: (figure) => `before: ${figure}`,
    whileErasing: 'while erasing',
  },
  notMeasured: 'not measured',
  chart: {
    heading: 'Recognition of each class',
    before: 'before',
    after: 'after',
    toForget: 'erased',
    noTestImages: 'no test images',
    classNumber: (index) => `Class ${String(index)}`,
    row: (name, before, after, isForgotten) =>
      `${name}${isForgotten ? ', erased' : ''}: ${before} before, ${after} after.`,
    allForgotten: 'Shown: all erased classes, and of the others those that lost most.',
    asManyAsFit: 'Shown: as many classes as fit.',
    leftForgotten: (count, before, after) =>
      `Erased classes not shown: ${count}, on average from ${before} to ${after}.`,
    leftOthers: (count, text, before, after) =>
      `${text} other ${count === 1 ? 'class' : 'classes'} not shown went from ${before} to ${after} on average.`,
    listedInJson: 'The attached JSON lists every class.',
  },
  headings: {
    request: 'The request',
    measured: 'What was measured',
    meaning: 'What this means, and what it does not',
    attacks: 'Attacks that were tried, and that were not',
    outside: 'What remains to be done elsewhere',
    done: 'What was done',
    reads: 'Images that were read',
    fingerprints: 'Fingerprints (SHA-256)',
    proof: 'On record',
    checking: 'How to check this certificate',
  },
  request: {
    labels: {
      reference: 'Reference',
      received: 'Received',
      due: 'To be answered by',
      law: 'Law and ground',
      subject: 'Person',
      controller: 'Controller',
      officer: 'Officer',
      reviewer: 'Reviewer',
      state: 'State of the case',
      signed: 'Signed off',
      closed: 'Closed',
      recipients: 'Recipients to tell',
      locations: 'Where else it is',
    },
    laws: { gdpr: 'GDPR', ccpa: 'CCPA', own: 'Another law or rule' },
    channels: {
      letter: 'by letter',
      'e-mail': 'by e-mail',
      form: 'by form',
      phone: 'by phone',
      'in-person': 'in person',
      other: 'by another way',
    },
    states: {
      draft: 'draft',
      ready: 'ready',
      running: 'running',
      interrupted: 'interrupted',
      review: 'in review',
      accepted: 'accepted',
      rejected: 'rejected',
      closed: 'closed',
    },
    outcomes: {
      erased: 'as erased',
      refused: 'as refused',
      withdrawn: 'as withdrawn',
      abandoned: 'as abandoned',
    },
    roles: { officer: 'officer', reviewer: 'reviewer' },
    extended: 'extended',
    notSigned: 'Nobody had signed off this run when the certificate was issued.',
    nothingEntered: 'Nothing was entered of a request: the run was started without one.',
    notified: (date) => `told on ${date}`,
    notNotified: 'not told yet',
    undecided: 'not decided yet',
    locationKinds: {
      copy: 'Copy',
      backup: 'Backup',
      'derived-model': 'Derived model',
      'original-weights': 'Original weights',
    },
  },
  findings: {
    columns: { outcome: 'Outcome', finding: 'Finding', value: 'Measured', limit: 'Had to be' },
    outcomes: { pass: 'Pass', fail: 'Fail', open: 'Open', openNeeded: 'Open, and needed' },
    titles,
    interval: (low, high) => `95%: ${low} to ${high}`,
    samples: (count) => `from ${count}`,
    exact: 'nothing was sampled',
    atMost: (limit) => `at most ${limit}`,
    atLeast: (limit) => `at least ${limit}`,
    baselines: (original, reference) =>
      reference === null
        ? `Original: ${original}.`
        : `Original: ${original}. Trained without the class: ${reference}.`,
    basis: {
      reference: 'by a model trained without the class',
      original: 'by the original',
      fixed: 'the same for every model',
    },
    noLimit: 'no limit',
    units: {
      points: (figure) => `${figure} points`,
      bits: (figure) => `${figure} bits`,
      steps: (figure) => `${figure} steps`,
    },
    reason: (english) => ({ text: english, isEnglish: true }),
    fixedBefore: (entry) =>
      `What the findings had to keep to was fixed before the run, and put on record as entry ${String(entry)} of the ledger.`,
  },
  attacks: {
    columns: { attack: 'Attack', run: 'Run', why: 'How, or why not' },
    names: {
      'membership-inference': 'Membership inference',
      'attribute-inference': 'Attribute inference',
      exfiltration: 'Exfiltration',
      regurgitation: 'Regurgitation',
      'model-inversion': 'Model inversion',
      reconstruction: 'Reconstruction',
    },
    run: 'Run',
    notRun: 'Not run',
    source: 'The attacks that EDPB Opinion 28/2024 names (paragraph 41).',
  },
  done: {
    labels: {
      run: 'Run',
      model: 'Model',
      forget: 'Erased',
      method: 'Method',
      retainSample: 'Retain sample',
      between: 'Between the phases',
      account: 'Decided in the run',
      computedBy: 'Computed by',
      took: 'Took',
      issuedBy: 'Issued by',
    },
    fromTo: (from, to) => `${from} to ${to}`,
    model: (parameters, classes, format) =>
      `${parameters} parameters, ${classes} classes, format ${format}`,
    classNumber: (index) => `class ${String(index)}`,
    moreInJson: (count) => `and ${count} more in the attached JSON`,
    method: (recipe, seed, preprocessing) =>
      `Recipe “${recipe}”, seed ${seed}, preprocessing ${preprocessing}.`,
    retainSample: (images, classes, source) =>
      `${images} images of ${classes} classes to keep, from ${source}`,
    sources: { idx: 'IDX files', 'image-folder': 'image folders' },
    between: (forget, retain) =>
      `after impair and before repair, erased classes ${forget}, others ${retain}`,
    computedBy: ({ software, accelerator, device, selfTest, processor, cores, memory, system }) =>
      `Lethe ${software}, accelerator ${accelerator} ${device}, self-test ${selfTest ? 'passed' : 'failed'}; ${processor}, ${plural(cores, 'core', 'cores')}, ${memory} memory, ${system}`,
    threads: (count) => `with ${plural(count, 'thread', 'threads')}`,
    graphicsCard: (name) => `on the graphics card ${name}`,
    imitatedCard: (name) => `on a graphics card imitated by the processor (${name})`,
    took: (phases, total, memory) =>
      `${phases.map((phase) => `${phase}, `).join('')}${total} in all, measuring included; at most ${memory} of memory`,
    phases: {
      preprocessing: 'preprocessing',
      noise: 'noise',
      impair: 'impair',
      unlearn: 'unlearn',
      repair: 'repair',
      measure: 'measuring',
    },
    issuedBy: (version) => `Lethe ${version}`,
    inEnglish: '',
  },
  reads: {
    columns: { phase: 'Phase', images: 'Images', ofForget: 'Of erased classes' },
    whileErasing: 'While erasing',
  },
  fingerprints: {
    before: 'Model before',
    after: 'Model after',
    reference: 'Reference model',
    data: 'Data',
    build: 'Program',
    names: 'Names',
    key: 'Ledger key',
    noNames: 'The names of the case had been destroyed when this was issued.',
  },
  proof: {
    ledger: 'Ledger',
    entries: 'Entries',
    entriesAre: (started, finished, issued, all) =>
      `run opened ${started}, closed ${finished}, certificate issued ${issued}, of ${all}`,
    time: 'Times',
    asserted: 'asserted by this machine: nobody else vouches for them',
    evidence: (by, time) => `that the run had finished was seen by ${by} on ${time}`,
    issued: 'Issued',
    checkpoint: 'Checkpoint',
    spoken: 'To read aloud',
    qrCode: 'QR code',
    qrCodeSays: 'QR code of the checkpoint, whose text stands beside it.',
  },
  checking: [
    'The stand-alone verifier needs nothing of Lethe and no network: “node lethe-verify.mjs” with this file, or lethe-verify.html in a browser. It tells what is proved, what is not, and what it cannot know.',
    'With “--model” it also tells whether a model is the erased one, with “--export” and “--checkpoint” whether the ledger is still the one that issued this.',
    'The certificate is attached to this PDF as JSON (RFC 8785), with an Ed25519 signature and its proof (RFC 9162): other programs can check both.',
    'The key is only as good as your knowledge of whose it is: compare its fingerprint above with one that you got another way. Keep the checkpoint, or write down its digits: whoever has it can tell later whether the ledger was cut or rewritten.',
  ],
  boxes:
    '\uFFFD stands for a character that the fonts of this document do not have, or that is not meant to be seen; the attached JSON has it.',
};

import type { FindingDefinition } from '../definition.ts';
import { answerConcentration } from './answer-concentration.ts';
import { featureDistance } from './feature-distance.ts';
import { forgetAccuracy } from './forget-accuracy.ts';
import { linearProbe } from './linear-probe.ts';
import { membershipInference } from './membership-inference.ts';
import { membershipShadowModels } from './membership-shadow-models.ts';
import { neighbourClasses } from './neighbour-classes.ts';
import { outputDistance } from './output-distance.ts';
import { prototypes } from './prototypes.ts';
import { relearning } from './relearning.ts';
import { retainAccuracy } from './retain-accuracy.ts';
import { scoreSeparation } from './score-separation.ts';
import { weightDistance } from './weight-distance.ts';
import { worstForgetClass } from './worst-forget-class.ts';
import { worstProbeClass } from './worst-probe-class.ts';
import { worstRetainClass } from './worst-retain-class.ts';

/** All findings, in the order in which they are told. */
export const definitions: readonly FindingDefinition[] = [
  forgetAccuracy,
  worstForgetClass,
  retainAccuracy,
  worstRetainClass,
  neighbourClasses,
  scoreSeparation,
  linearProbe,
  worstProbeClass,
  prototypes,
  ...membershipInference,
  membershipShadowModels,
  outputDistance,
  featureDistance,
  weightDistance,
  answerConcentration,
  relearning,
];

export interface KnownFailure {
  /** The spec's full name. */
  readonly spec: string;
  /** The names of the settings in which it fails. */
  readonly settings: readonly string[];
  readonly reason: string;
}

/** Specs that fail on `onnxruntime` and not on `cpu`, and why they may. One that passes has to leave the list. */
export const knownFailures: readonly KnownFailure[] = [
  {
    spec: 'maxPool [x=[3,3,1] f=[2,2] s=1 ignores NaNs',
    settings: ['onnxruntime, graphs for all sizes, in blocks'],
    reason:
      'The maximum of a window that holds NaN is NaN or a number, by where the NaN stands; on cpu, NaN is passed over. A network that has come to NaN has nothing right to give, and looking for NaN would cost all others a pass over their images.',
  },
];

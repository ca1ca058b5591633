import { z } from 'zod';
import { problemSchema } from '../../engine/protocol/problem.ts';

/** What the renderer can ask for: the argument it gives and the result it gets. */
export interface Call<Argument = unknown, Result = unknown> {
  readonly argument: z.ZodType<Argument>;
  readonly result: z.ZodType<Result>;
}

export function call<Argument, Result>(
  argument: z.ZodType<Argument>,
  result: z.ZodType<Result>,
): Call<Argument, Result> {
  return { argument, result };
}

/** Arguments and results of a table of calls, by name. */
export type Signatures<Table extends Readonly<Record<string, Call>>> = {
  readonly [Name in keyof Table]: {
    readonly argument: z.infer<Table[Name]['argument']>;
    readonly result: z.infer<Table[Name]['result']>;
  };
};
export type AnySignatures = Readonly<
  Record<string, { readonly argument: unknown; readonly result: unknown }>
>;

export type CallTable<Of extends AnySignatures> = {
  readonly [Name in keyof Of]: Call<Of[Name]['argument'], Of[Name]['result']>;
};

/** How the app carries out each call. They throw ProblemError. */
export type HandlerTable<Of extends AnySignatures> = {
  readonly [Name in keyof Of]: (
    argument: Of[Name]['argument'],
  ) => Of[Name]['result'] | Promise<Of[Name]['result']>;
};

/** From the renderer to the app. */
export const requestSchema = z.strictObject({
  /** The renderer's own: the answer carries it too. */
  id: z.int().nonnegative(),
  call: z.string().max(64),
  argument: z.unknown(),
});
export type Request = z.infer<typeof requestSchema>;

/** From the app to the renderer: one for each request. */
export const answerSchema = z.union([
  z.strictObject({ id: z.int().nullable(), result: z.unknown() }),
  /** `id` is null when the request itself could not be read. */
  z.strictObject({ id: z.int().nullable(), problem: problemSchema }),
]);
export type Answer = z.infer<typeof answerSchema>;

/** From the app to the renderer, unasked. */
export const noteSchema = z.strictObject({ event: z.string().max(64), content: z.unknown() });
export type Note = z.infer<typeof noteSchema>;

/**
 * The way between renderer and app, whatever it is made of: Electron's bridge, or a WebSocket. It is what the renderer finds
 * as `lethe` in its global scope, and all that it has of the world. Messages are untrusted on either side.
 */
export interface Bridge {
  /** @returns an {@link Answer} */
  readonly ask: (request: Request) => Promise<unknown>;
  /** Hears every {@link Note}. */
  readonly listen: (listener: (note: unknown) => void) => void;
  /** Is told, once, that the app is gone. */
  readonly whenLost: (listener: () => void) => void;
  /** Where a file or folder that was dropped on the window is; null where the window is not told. */
  readonly pathOf: (dropped: unknown) => string | null;
}

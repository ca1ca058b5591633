/** What is used here of jasmine-core, which comes without types. */
declare module 'jasmine-core' {
  interface Failures {
    readonly failedExpectations: readonly { readonly message: string }[];
  }

  interface Group extends Failures {
    readonly fullName: string;
  }

  interface Spec extends Group {
    readonly status: 'passed' | 'failed' | 'pending';
  }

  interface Environment {
    configure(settings: { readonly random: boolean; readonly forbidDuplicateNames: boolean }): void;
    addReporter(reporter: {
      specStarted(): void;
      specDone(spec: Spec): void;
      suiteDone(group: Group): void;
      jasmineDone(whole: Failures): void;
    }): void;
    execute(): Promise<unknown>;
  }

  const jasmineCore: {
    readonly jasmine: { getEnv(): Environment };
    /** Puts `describe`, `it`, `expect` and their like, and `jasmine` itself, where specs look for them. */
    installGlobals(): void;
  };
  export default jasmineCore;
}

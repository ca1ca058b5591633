import jasmineCore from 'jasmine-core';

jasmineCore.installGlobals();

export const environment = jasmineCore.jasmine.getEnv();
// Some specs of the suite share a name.
environment.configure({ random: false, forbidDuplicateNames: false });

/** The suite's own tools build a jasmine for themselves, to set its time-out: this is what they get. */
export const core = (): typeof jasmineCore.jasmine => jasmineCore.jasmine;

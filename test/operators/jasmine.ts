import jasmineCore from 'jasmine-core';

const { jasmine } = jasmineCore;

jasmineCore.installGlobals();
// Some specs of the suite share a name.
jasmine.getEnv().configure({ random: false, forbidDuplicateNames: false });

/** Named as in jasmine-core: the suite would build a jasmine of its own, to set a time-out that nobody else sees. */
export const core = (): typeof jasmine => jasmine;

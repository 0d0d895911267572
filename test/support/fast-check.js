/**
 * fast-check with the seed of the run, in place of one by the clock: the same commit gives the same answer. What
 * imports it gets this by jest.config.js; the other test files need not load it.
 */
const fastCheck = require("../../node_modules/fast-check/lib/cjs/fast-check.js");

fastCheck.configureGlobal({ seed: Number(process.env.FC_SEED) });

module.exports = fastCheck;

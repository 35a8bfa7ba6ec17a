/**
 * Messages and stack traces of failures as payloads, so that the codec closes them too. CommonJS, for Temporal's SDK
 * takes a path and calls `require`; the workflow bundle for encrypted histories is built with it.
 */
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });

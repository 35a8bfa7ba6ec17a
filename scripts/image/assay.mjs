#!/usr/bin/env node
/** `bin/assay` of an image, where everything is in place: no set-up, nothing written beside the code. */
import { fileURLToPath } from 'node:url';

process.env.ASSAY_XGBOOST ??= fileURLToPath(new URL('../xgboost/xgboost/lib/libxgboost.so', import.meta.url));
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { main } = await import(new URL('../dist/clients/cli/main.js', import.meta.url).href);
process.exitCode = await main(process.argv.slice(2));

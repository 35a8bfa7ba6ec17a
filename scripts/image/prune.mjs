/** What of a package a running worker never opens: other platforms, types, sources, bundles for browsers. */
import { platform as system, arch } from 'node:process';

/** Of the Temporal SDK's native part. */
const TRIPLES = {
  'linux-x64': 'x86_64-unknown-linux-gnu',
  'linux-arm64': 'aarch64-unknown-linux-gnu',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
};
const EVERYWHERE =
  /(\.d\.[cm]?ts|\.[cm]?ts|\.map|\.md|\.markdown|\.flow|\.rs|\.cc?|\.hh?|\.cpp)$|(^|\/)(__tests__|tests?|\.github)(\/|$)/;
const LICENCE = /(^|\/)(licen[cs]e|notice|copying)[^/]*$/i;
const UNUSED = {
  'onnxruntime-node': /^(script(\/|$)|bin\/napi-v\d+\/(?!PLATFORM\/ARCH(\/|$)|PLATFORM$))/,
  '@temporalio/core-bridge': /^(releases\/(?!TRIPLE(\/|$))[^/]+|sdk-core|bridge-macros|src|ts)(\/|$)/,
  echarts: /^(dist|build|types|i18n|ssr|theme)(\/|$)/,
  zrender: /^(build|src)(\/|$)/,
  rxjs: /^(src|dist\/(bundles|esm5|esm|types))(\/|$)/,
  zod: /^src(\/|$)/,
  'simple-statistics': /^(src|dist\/.*\.min\.js$)/,
};

/** Whether a file of a package is left out; `path` is relative to the package, with `/`. */
export function isUnused(name, path) {
  if (LICENCE.test(path)) return false;
  return EVERYWHERE.test(path) || (pattern(name)?.test(path) ?? false);
}

const patterns = new Map();

function pattern(name) {
  const unused = UNUSED[name];
  if (unused === undefined) return undefined;
  if (!patterns.has(name)) {
    const text = unused.source
      .replaceAll('PLATFORM', system)
      .replaceAll('ARCH', arch)
      .replaceAll('TRIPLE', TRIPLES[`${system}-${arch}`]);
    patterns.set(name, new RegExp(text));
  }
  return patterns.get(name);
}

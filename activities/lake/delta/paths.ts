/** How partition values become folders, and folders become paths in the log. */

/** As Hive and every Delta writer name the folder of a NULL. */
const NULL_FOLDER = '__HIVE_DEFAULT_PARTITION__';

/** `month=2024-01/part-….parquet`, relative to the table's root. */
export function dataKey(
  partitionBy: readonly string[],
  partition: Readonly<Record<string, string | null>>,
  file: string,
): string {
  const folders = partitionBy.map((column) => {
    const value = partition[column];
    return `${encodeURIComponent(column)}=${value === null || value === undefined ? NULL_FOLDER : encodeURIComponent(value)}`;
  });
  return [...folders, file].join('/');
}

/** The log holds paths percent-encoded once more (PROTOCOL.md, "Add File"). */
export function logPath(key: string): string {
  return key
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll('%3D', '='))
    .join('/');
}

export function keyOfLogPath(path: string): string {
  return decodeURIComponent(path);
}

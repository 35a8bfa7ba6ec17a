/** Bytes of each part of the root, by its name there. */
export declare function assemble(
  out: string,
  options?: { readonly linked?: boolean },
): Promise<Record<string, number>>;

export interface SetUp {
  readonly tasks: Readonly<Record<string, number>>;
}
export declare const setUps: { readonly small: SetUp; readonly large: SetUp };
export declare function monthly(setUp: SetUp): readonly { what: string; how: string; dollars: number }[];
/** In Markdown. */
export declare function table(setUp: SetUp): string;

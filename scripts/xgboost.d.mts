export interface XgboostLibrary {
  /** The shared library itself, to be handed to koffi. */
  readonly path: string;
  readonly version: string;
  readonly source: 'cache' | 'installed';
}

export declare const name: string;
export declare const bytes: number | undefined;
export declare function findXgboost(): Promise<XgboostLibrary | undefined>;
export declare function installXgboost(): Promise<XgboostLibrary>;

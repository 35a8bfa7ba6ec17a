export interface TemporalCommand {
  readonly path: string;
  readonly version: string;
  readonly source: 'PATH' | 'cache' | 'installed';
}

export declare const name: string;
export declare const bytes: number | undefined;
export declare function findTemporal(): Promise<TemporalCommand | undefined>;
export declare function installTemporal(note: (text: string) => void): Promise<TemporalCommand>;

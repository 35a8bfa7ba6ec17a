/** Only where `scripts/record-test-histories.mjs` has named a folder for them. */
export declare function keepHistories(address: string): Promise<void>;

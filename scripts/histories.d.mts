export declare function keepHistories(address: string, folder: string): Promise<void>;

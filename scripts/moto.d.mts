export declare const name: string;
export declare function findMoto(): Promise<{ path: string } | undefined>;
export declare function installMoto(): Promise<{ path: string }>;

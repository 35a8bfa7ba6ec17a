export declare const name: string;
export declare function findVersitygw(): Promise<{ path: string } | undefined>;
export declare function installVersitygw(): Promise<{ path: string }>;

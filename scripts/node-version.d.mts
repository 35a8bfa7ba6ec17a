export declare class WrongNode extends Error {}
export declare function requireNode(version?: string, path?: string): void;
export declare function satisfies(version: string, range: string): boolean;

/** Makes dist/ what the sources say; returns whether it had to. */
export declare function build(): Promise<boolean>;

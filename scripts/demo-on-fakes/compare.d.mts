import type { DemoReport } from '../../clients/demo/report.ts';

export declare function differences(here: DemoReport, there: DemoReport): string[];
export declare function monthsSideBySide(here: DemoReport, there: DemoReport): string;

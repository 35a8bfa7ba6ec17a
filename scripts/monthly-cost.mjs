/**
 * What a small and a large set-up cost in a month, with the arithmetic: `node scripts/monthly-cost.mjs`. Prices are AWS's
 * list prices for Frankfurt without tax or discount, as noted at the end of 2025; look them up before you rely on them.
 */
import { pathToFileURL } from 'node:url';

const HOURS = 730;
/** US dollars: an hour, a gigabyte, a month, as the name says. */
const PRICE = {
  vcpuHour: 0.04656,
  memoryGbHour: 0.00511,
  spot: 0.3,
  natHour: 0.052,
  natGb: 0.052,
  endpointHour: 0.012,
  balancerHour: 0.027,
  databaseHour: { 'db.t4g.medium': 0.076, 'db.m7g.large': 0.201 },
  databaseGb: 0.137,
  s3Gb: 0.0245,
  glacierGb: 0.005,
  logGb: 0.63,
  metric: 0.3,
  alarm: 0.1,
  key: 1,
  secret: 0.4,
  trainingHour: 0.276,
  temporalCloud: 100,
};
const INTERFACE_ENDPOINTS = 12;
const QUEUES = [
  { queue: 'control', vcpu: 0.5, gb: 1 },
  { queue: 'data', vcpu: 1, gb: 2 },
  { queue: 'training', vcpu: 2, gb: 4 },
];

/** As environments/dev and environments/prod are sized; how busy they are is an assumption, and stands here. */
export const setUps = {
  small: {
    tasks: { control: 1, data: 0.1, training: 0.02 },
    onSpot: true,
    zonesWithEndpoints: 0,
    nat: 1,
    natGb: 50,
    lakeGb: 100,
    glacierGb: 0,
    logGb: 5,
    metrics: 15,
    alarms: 14,
    secrets: 2,
    sageMakerHours: 5,
    cloud: true,
  },
  large: {
    tasks: { control: 2, data: 3, training: 0.5 },
    onSpot: false,
    zonesWithEndpoints: 2,
    nat: 2,
    natGb: 500,
    lakeGb: 5000,
    glacierGb: 200,
    logGb: 100,
    metrics: 15,
    alarms: 14,
    secrets: 4,
    sageMakerHours: 200,
    server: { tasks: 2, vcpu: 2, gb: 4, database: 'db.m7g.large', copies: 2, databaseGb: 100 },
  },
};

/** `[{ what, how, dollars }]` */
export function monthly(setUp) {
  const tasks = QUEUES.map(({ queue, vcpu, gb }) => {
    const hour = (vcpu * PRICE.vcpuHour + gb * PRICE.memoryGbHour) * (setUp.onSpot ? PRICE.spot : 1);
    const spot = setUp.onSpot ? `, at ${100 * PRICE.spot} % on spot` : '';
    return line(
      `${queue} workers`,
      `${setUp.tasks[queue]} × ${HOURS} h × $${hour.toFixed(4)}${spot}`,
      setUp.tasks[queue] * HOURS * hour,
    );
  });
  return [
    ...tasks,
    ...temporal(setUp),
    line(
      'endpoints of AWS',
      `${INTERFACE_ENDPOINTS} × ${setUp.zonesWithEndpoints} zones × ${HOURS} h × $${PRICE.endpointHour}`,
      INTERFACE_ENDPOINTS * setUp.zonesWithEndpoints * HOURS * PRICE.endpointHour,
    ),
    line(
      'NAT',
      `${setUp.nat} × ${HOURS} h × $${PRICE.natHour} + ${setUp.natGb} GB × $${PRICE.natGb}`,
      setUp.nat * HOURS * PRICE.natHour + setUp.natGb * PRICE.natGb,
    ),
    line(
      'S3',
      `${setUp.lakeGb} GB × $${PRICE.s3Gb} + ${setUp.glacierGb} GB × $${PRICE.glacierGb}`,
      setUp.lakeGb * PRICE.s3Gb + setUp.glacierGb * PRICE.glacierGb,
    ),
    line(
      'SageMaker',
      `${setUp.sageMakerHours} h × $${PRICE.trainingHour}, before the discount of spot`,
      setUp.sageMakerHours * PRICE.trainingHour,
    ),
    line(
      'logs, figures, alarms',
      `${setUp.logGb} GB × $${PRICE.logGb} + ${setUp.metrics} × $${PRICE.metric} + ${setUp.alarms} × $${PRICE.alarm.toFixed(2)}`,
      setUp.logGb * PRICE.logGb + setUp.metrics * PRICE.metric + setUp.alarms * PRICE.alarm,
    ),
    line(
      'keys and secrets',
      `2 × $${PRICE.key} + ${setUp.secrets} × $${PRICE.secret.toFixed(2)}`,
      2 * PRICE.key + setUp.secrets * PRICE.secret,
    ),
  ];
}

function temporal({ cloud, server }) {
  if (cloud) return [line('Temporal Cloud', 'its smallest plan', PRICE.temporalCloud)];
  const hour = server.vcpu * PRICE.vcpuHour + server.gb * PRICE.memoryGbHour;
  const database = PRICE.databaseHour[server.database];
  const small = 0.25 * PRICE.vcpuHour + 0.5 * PRICE.memoryGbHour;
  return [
    line(
      "Temporal's server",
      `${server.tasks} × ${HOURS} h × $${hour.toFixed(4)}`,
      server.tasks * HOURS * hour,
    ),
    line(
      'its database',
      `${server.copies} × (${HOURS} h × $${database} + ${server.databaseGb} GB × $${PRICE.databaseGb})`,
      server.copies * (HOURS * database + server.databaseGb * PRICE.databaseGb),
    ),
    ...['its Web UI and balancer', 'codec server and balancer'].map((what) =>
      line(
        what,
        `${HOURS} h × ($${small.toFixed(4)} + $${PRICE.balancerHour})`,
        HOURS * (small + PRICE.balancerHour),
      ),
    ),
  ];
}

function line(what, how, dollars) {
  return { what, how, dollars };
}

export function table(setUp) {
  const lines = monthly(setUp);
  const total = lines.reduce((sum, { dollars }) => sum + dollars, 0);
  return [
    '| what | how | $ a month |',
    '|---|---|--:|',
    ...lines.map(({ what, how, dollars }) => `| ${what} | ${how} | ${dollars.toFixed(0)} |`),
    `| **in all** | | **${total.toFixed(0)}** |`,
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, setUp] of Object.entries(setUps)) console.log(`${name}\n\n${table(setUp)}\n`);
}

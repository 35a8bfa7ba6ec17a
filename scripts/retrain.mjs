/** Asks a model's governor for a retraining and waits for what comes of it: `node scripts/retrain.mjs MODEL "why"`. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';

const [model = 'readmission', reason = 'no reason given'] = process.argv.slice(2);
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
const connection = await Connection.connect(connectionOptions);
const governor = new Client({ connection, namespace }).workflow.getHandle(`governor-${model}`);

const word = { says: 'retrain', by: userInfo().username, reason };
const ask = { key: randomUUID(), asOf: new Date().toISOString(), wait: true, word };
const { decision, retraining } = await governor.executeUpdate('decide', { args: [ask] });

console.log(decision.decision);
for (const { measure, reason } of decision.reasons) console.log(`  ${measure}: ${reason}`);
if (retraining) console.log(JSON.stringify(retraining, null, 2));
await connection.close();

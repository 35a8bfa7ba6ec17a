/**
 * ONNX Runtime in a thread of its own, for its `run` holds the thread that calls it until it is done.
 * Says 'open' once the model is loaded, then answers requests in order until it is asked to close.
 */
import { on } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const session = await InferenceSession.create(workerData.onnx, workerData.options);
const requests = on(parentPort, 'message');
parentPort.postMessage('open');
for await (const [request] of requests) {
  if (request === 'close') break;
  parentPort.postMessage(await answer(request));
}
await session.release();

/** A failure is an answer too: the thread stays. */
async function answer({ matrix, rows, columns, input, output }) {
  try {
    const answers = await session.run({ [input]: new Tensor('float32', matrix, [rows, columns]) }, [output]);
    return { data: answers[output]?.data };
  } catch (error) {
    return { error };
  }
}

/**
 * To be imported before ONNX Runtime is: its builds for Linux, from 1.29 on, report sessions and models to their maker
 * unless this stands in the environment when they are initialized (https://github.com/microsoft/onnxruntime/pull/27379).
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';

/**
 * ONNX Runtime (from 1.29 on; not on Windows) reports its use to its maker and keeps an identifier of the machine in the user's
 * cache, unless this is set when it starts. What a worker thread sets holds for that thread alone: whoever starts threads that
 * run networks imports this first.
 */
Object.assign(process.env, { ORT_DISABLE_TELEMETRY: '1' })

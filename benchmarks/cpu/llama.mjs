// llama.cpp through node-llama-cpp's prebuilt library: node llama.mjs MODEL.gguf THREADS; figures as JSON on standard output.
import {createRequire} from "node:module";
import path from "node:path";
import {pathToFileURL} from "node:url";

const modules = process.env.LLAMA_NODE_MODULES;
const require = createRequire(path.join(modules, "x.js"));
const {getLlama} = await import(pathToFileURL(require.resolve("node-llama-cpp")).href);
const [, , modelPath, threadsText] = process.argv;
const threads = Number(threadsText);
const llama = await getLlama({gpu: false, build: "never", logLevel: "error", maxThreads: threads, skipDownload: true});
const model = await llama.loadModel({modelPath, useMmap: true});
const median = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const tokens = (count, seed) => Array.from({length: count}, (_, i) => 1000 + (i * 7919 + seed * 104729) % 100000);

async function withContext(sequences, use) {
    const context = await model.createContext({sequences, contextSize: 1024, batchSize: 512, threads: {ideal: threads, min: threads}});
    const result = await use(context);
    await context.dispose();
    return result;
}

async function decode(sequences, count) {
    return withContext(sequences, async context => {
        const own = Array.from({length: sequences}, () => context.getSequence());
        const rates = [];
        for (let run = 0; run < 3; run++) {
            const streams = [];
            for (let i = 0; i < sequences; i++) {
                await own[i].clearHistory();
                const stream = own[i].evaluate(tokens(16, run * 8 + i), {temperature: 0, yieldEogToken: true});
                streams.push(stream);
            }
            await Promise.all(streams.map(stream => stream.next())); // the prompt, and the first token
            const start = performance.now();
            await Promise.all(streams.map(async stream => {
                for (let i = 0; i < count; i++) {
                    await stream.next();
                }
            }));
            rates.push(sequences * count / (performance.now() - start) * 1000);
            await Promise.all(streams.map(stream => stream.return()));
        }
        return median(rates);
    });
}

async function prefill(count) {
    return withContext(1, async context => {
        const sequence = context.getSequence();
        const rates = [];
        for (let run = 0; run < 3; run++) {
            await sequence.clearHistory();
            const start = performance.now();
            await sequence.evaluateWithoutGeneratingNewTokens(tokens(count, run));
            rates.push(count / (performance.now() - start) * 1000);
        }
        return median(rates);
    });
}

const result = {"decode-1": await decode(1, 32), "prefill-512": await prefill(512)};
if (process.argv[4] === "streams") {
    result["decode-8"] = await decode(8, 16);
}
console.log(JSON.stringify(result));
await llama.dispose();
process.exit(0);

// The official npm client against the gateway: prints one JSON object of what it saw.
import OpenAI from 'openai'

const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'none', maxRetries: 0 })
const question = [{ role: 'user', content: 'What is 12 + 7?' }]
const seen = {}

const chat = await client.chat.completions.create({ model: 'barista-demo', messages: question, temperature: 0 })
seen.chat = chat.choices[0].message.content
seen.finishReason = chat.choices[0].finish_reason

seen.pieces = []
const stream = await client.chat.completions.create({
  model: 'barista-demo', messages: question, temperature: 0, stream: true, stream_options: { include_usage: true },
})
for await (const chunk of stream) {
  if (chunk.choices.length > 0 && chunk.choices[0].delta.content) seen.pieces.push(chunk.choices[0].delta.content)
  if (chunk.usage) seen.usage = chunk.usage
}

const prompt = { model: 'barista-demo', prompt: 'The capital of France', max_tokens: 8, temperature: 0 }
seen.completion = (await client.completions.create(prompt)).choices[0].text
seen.streamedCompletion = ''
for await (const chunk of await client.completions.create({ ...prompt, stream: true })) {
  if (chunk.choices.length > 0) seen.streamedCompletion += chunk.choices[0].text
}

seen.models = []
for await (const model of client.models.list()) seen.models.push(model.id)
seen.model = (await client.models.retrieve('barista-demo')).id

const failure = async (call) => {
  try {
    await call()
    return null
  } catch (error) {
    return { type: error.constructor.name, status: error.status, code: error.code, param: error.param }
  }
}
seen.unknownModel = await failure(() => client.chat.completions.create({ model: 'no-such-model', messages: question }))
seen.badParameter = await failure(() =>
  client.chat.completions.create({ model: 'barista-demo', messages: question, temperature: 9 }))

// Leaving a stream in the middle must not disturb the next request.
const left = await client.chat.completions.create({
  model: 'barista-demo', messages: [{ role: 'user', content: 'Tell me a story.' }], stream: true,
})
for await (const _ of left) break
seen.afterLeaving = (await client.chat.completions.create({ model: 'barista-demo', messages: question, temperature: 0 }))
  .choices[0].message.content

console.log(JSON.stringify(seen))

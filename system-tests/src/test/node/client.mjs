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

// Tools: whole, streamed in pieces that the client joins, and required ones.
const tools = [{
  type: 'function',
  function: {
    name: 'get_weather', description: 'Get the weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string', description: 'The city name' } }, required: ['city'] },
  },
}]
const weather = { model: 'barista-demo', messages: [{ role: 'user', content: 'What is the weather in Paris?' }], tools, temperature: 0 }
const called = (await client.chat.completions.create(weather)).choices[0]
seen.call = { ...called.message.tool_calls[0].function, finish: called.finish_reason }

const calls = []
seen.argumentPieces = 0
for await (const chunk of await client.chat.completions.create({ ...weather, stream: true })) {
  for (const piece of chunk.choices[0]?.delta.tool_calls ?? []) {
    calls[piece.index] ??= { ids: [], name: '', arguments: '' }
    if (piece.id) calls[piece.index].ids.push(piece.id)
    calls[piece.index].name += piece.function.name ?? ''
    calls[piece.index].arguments += piece.function.arguments ?? ''
    if (piece.function.arguments) seen.argumentPieces++
  }
}
seen.streamedCalls = calls

const runner = client.chat.completions.runTools({
  model: 'barista-demo', temperature: 0, messages: weather.messages,
  tools: [{ type: 'function', function: { ...tools[0].function, parse: JSON.parse, function: () => '{"temperature": 21, "condition": "sunny"}' } }],
})
seen.fromTool = await runner.finalContent()

// The parse helpers read what the schema promises.
const schema = {
  type: 'object', properties: { country: { type: 'string', maxLength: 20 }, city: { type: 'string', maxLength: 20 }, capital: { type: 'boolean' } },
  required: ['country', 'city', 'capital'], additionalProperties: false,
}
const response_format = { type: 'json_schema', json_schema: { name: 'city', strict: true, schema } }
const france = { model: 'barista-demo', messages: [{ role: 'user', content: 'What is the capital of France?' }], temperature: 0, response_format }
const parsed = await client.chat.completions.parse({
  ...france, response_format: { ...response_format, $brand: 'auto-parseable-response-format', $parseRaw: JSON.parse },
})
seen.parsed = parsed.choices[0].message.parsed ?? JSON.parse(parsed.choices[0].message.content)
seen.streamedJson = JSON.parse((await client.chat.completions.stream(france).finalChatCompletion()).choices[0].message.content)

// The responses API: whole, streamed, going on, with tools and with a form.
const ask = { model: 'barista-demo', input: 'What is 12 + 7?', temperature: 0 }
const response = await client.responses.create(ask)
seen.response = response.output_text
seen.responseEvents = []
seen.responsePieces = ''
for await (const event of await client.responses.create({ ...ask, stream: true })) {
  seen.responseEvents.push(event.type)
  if (event.type === 'response.output_text.delta') seen.responsePieces += event.delta
}
const followUp = await client.responses.create({ ...ask, input: 'And what is 3 + 4?', previous_response_id: response.id })
seen.followsUp = followUp.previous_response_id === response.id
seen.kept = (await client.responses.retrieve(response.id)).output_text
const { name, description, parameters } = tools[0].function
const responseCall = await client.responses.create({
  ...ask, input: 'What is the weather in Paris?', tools: [{ type: 'function', name, description, parameters, strict: false }],
})
seen.responseCall = responseCall.output.find((item) => item.type === 'function_call')
const responseForm = await client.responses.parse({
  ...ask, input: 'What is the capital of France?', text: { format: { type: 'json_schema', name: 'city', strict: true, schema } },
})
seen.responseForm = JSON.parse(responseForm.output_text)

console.log(JSON.stringify(seen))

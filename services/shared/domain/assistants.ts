import { isAtOrBelow } from './hosts';

/** Conversational assistants that link to their sources. Hand-made; domains with what lies below. */
const domains: readonly string[] = [
  'chatgpt.com',
  'chat.openai.com',
  'openai.com',
  'claude.ai',
  'perplexity.ai',
  'gemini.google.com',
  'bard.google.com',
  'copilot.microsoft.com',
  'copilot.com',
  'meta.ai',
  'grok.com',
  'x.ai',
  'chat.deepseek.com',
  'deepseek.com',
  'chat.mistral.ai',
  'character.ai',
  'poe.com',
  'you.com',
  'phind.com',
  'pi.ai',
  'kimi.com',
  'kimi.moonshot.cn',
  'doubao.com',
  'chat.qwen.ai',
  'tongyi.aliyun.com',
  'yiyan.baidu.com',
  'chatglm.cn',
  'yuanbao.tencent.com',
];

/** Names that campaigns and the assistants themselves put into utm_source. */
const names: ReadonlySet<string> = new Set([
  'chatgpt',
  'openai',
  'claude',
  'perplexity',
  'gemini',
  'copilot',
  'grok',
  'deepseek',
  'mistral',
]);

/** Whether a source (name or host, lower case) is an AI assistant. */
export function isAssistant(source: string): boolean {
  return names.has(source) || domains.some((domain) => isAtOrBelow(source, domain));
}

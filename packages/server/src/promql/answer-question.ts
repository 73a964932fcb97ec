import {
  cardinalityAnswer,
  exemplarsAnswer,
  formatAnswer,
  metadataAnswer,
  metricsAnswer,
  parseAnswer,
} from './describe-metrics.js';
import { evaluateQuestion } from './evaluate-question.js';
import { failureAnswer } from './failure-answer.js';
import { labelValuesAnswer, labelsAnswer, seriesAnswer } from './find-series.js';
import type { Answer, Question, QuestionLimits } from './question.js';
import type { Reader } from './reader.js';
import type { SeriesIndex } from './series-index.js';

/** Answers a question to the Prometheus API, also where the answer is an error. Throws only for mistakes of ours. */
export async function answerQuestion(
  question: Question,
  reader: Reader,
  index: SeriesIndex,
  limits: QuestionLimits,
): Promise<Answer> {
  try {
    return await answerOf(question, reader, index, limits);
  } catch (error) {
    const failure = failureAnswer(error, 'match' in question ? 'match[]' : 'query');
    if (failure === undefined) throw error;
    return failure;
  }
}

function answerOf(
  question: Question,
  reader: Reader,
  index: SeriesIndex,
  limits: QuestionLimits,
): Promise<Answer> | Answer {
  switch (question.kind) {
    case 'instant':
    case 'range':
    case 'explain':
      return evaluateQuestion(question, reader, index, limits);
    case 'exemplars':
      return exemplarsAnswer(question, reader, index, limits);
    case 'series':
      return seriesAnswer(question, reader, index, limits);
    case 'labels':
      return labelsAnswer(question, reader, index, limits);
    case 'labelValues':
      return labelValuesAnswer(question, reader, index, limits);
    case 'metadata':
      return metadataAnswer(question, reader, index);
    case 'cardinality':
      return cardinalityAnswer(question, reader, index);
    case 'metrics':
      return metricsAnswer(question, reader, index);
    case 'format':
      return formatAnswer(question, limits);
    case 'parse':
      return parseAnswer(question, limits);
  }
}

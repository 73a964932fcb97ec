import type { DifferenceAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatCounted, formatExact } from '../format.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { DifferenceLegend, DifferenceList } from './difference-list.js';
import type { DifferenceQuestion } from './difference-query.js';
import { sampleWords, sidesWords } from './difference-words.js';
import styles from './difference.module.css';

type AnswerProps = {
  readonly answer: DifferenceAnswer;
  readonly question: DifferenceQuestion;
  /** In the legend: `slow`. */
  readonly selectedName?: string;
  /** So many rows at most. */
  readonly most?: number;
  readonly withDetails?: boolean;
};

/** Both sides with their sizes, and what sets them apart; or that there is nothing to compare, or nothing that does. */
export function DifferenceAnswerView({
  answer,
  question,
  selectedName = 'selected',
  most = Infinity,
  withDetails = false,
}: AnswerProps): ReactNode {
  const { selected, reference, differences, compared } = answer;
  const what = question.signal === 'spans' ? 'spans' : 'lines';
  if (selected.count === 0)
    return (
      <Empty title={`No ${what} are selected in this range`}>
        <p>{formatCounted(reference.count, 'other', 'others')} match the search around them.</p>
        <LookFurtherBack />
      </Empty>
    );
  if (reference.count === 0)
    return (
      <Empty title="There is nothing to compare with">
        <p>
          {question.against === undefined
            ? `All ${formatExact(selected.count)} ${what} of the search are selected.`
            : `No ${what} of the search came in the earlier time.`}
        </p>
      </Empty>
    );
  const sample = sampleWords(answer);
  return (
    <>
      <p className={styles['sides']}>
        {sidesWords(answer, question)}
        {sample !== undefined && <span title={sample}> · sampled</span>}
      </p>
      {differences.length === 0 ? (
        <Empty title="Nothing sets them apart">
          <p>
            {formatExact(compared)} values of attributes were compared. What differs between the two sides is no more
            than chance makes differ.
          </p>
        </Empty>
      ) : (
        <>
          <DifferenceList question={question} rows={differences.slice(0, most)} withDetails={withDetails} />
          <DifferenceLegend reference={question.against === undefined ? 'others' : 'before'} selected={selectedName} />
        </>
      )}
    </>
  );
}

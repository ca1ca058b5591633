import { dueOf, missingDetails, type CaseDetails } from '../cases/case-details.ts';
import { isRetentionOver } from '../cases/case-history.ts';
import type { CaseRecord, CaseRun as RecordedRun } from '../cases/case-record.ts';
import type { PlainDate } from '../cases/plain-date.ts';
import { subjectReferenceWarnings } from '../cases/subject-reference.ts';
import type {
  CaseRun,
  CaseSummary,
  CaseView,
  DetailsCheck,
  FindingView,
} from '../contract/cases.ts';
import type { RunFinished, RunStarted } from '../ledger/entry.ts';

/* Cases as the renderer is told of them. */

/** @param certificates issued since the case was accepted */
export function caseViewOf(record: CaseRecord, certificates: readonly string[]): CaseView {
  const { id, state, names, opened, changed, facts, details, runs } = record;
  return {
    id,
    state,
    names,
    opened,
    changed,
    received: facts.received,
    due: facts.due,
    details,
    missing: details === null ? [] : missingDetails(details),
    classNames: runs.at(-1)?.file?.classNames ?? null,
    runs: runs.map(runViewOf),
    signOffs: record.signOffs,
    rejection: record.rejection,
    closing: record.closing,
    certificates,
  };
}

/** @param sampleModel where the model of the sample project is */
export function caseSummaryOf(
  record: CaseRecord,
  sampleModel: string,
  today: PlainDate,
): CaseSummary {
  const { id, state, names, changed, facts, details, runs } = record;
  const run = runs.at(-1);
  return {
    id,
    state,
    names,
    changed,
    received: facts.received,
    due: facts.due,
    request: details?.request ?? null,
    subject: details?.subject ?? null,
    forget: details?.forget ?? [],
    verdict: run?.result?.verdict?.value ?? null,
    outcome: record.closing?.outcome ?? null,
    isSample: details?.model === sampleModel,
    isRetentionOver: isRetentionOver(record, today),
  };
}

export function checkOf(details: CaseDetails): DetailsCheck {
  return {
    due: dueOf(details),
    missing: missingDetails(details),
    subjectWarnings: subjectReferenceWarnings(details.subject),
  };
}

function runViewOf({
  started,
  ended,
  outcome,
  problem,
  forget,
  plan,
  result,
}: RecordedRun): CaseRun {
  return {
    started,
    ended,
    outcome,
    problem,
    forget,
    recipe: plan.recipe.name,
    recipeReason: plan.recipeReason ?? null,
    seed: plan.recipe.seed,
    preprocessing: plan.preprocessing.name,
    accelerator: plan.accelerator.name,
    hasReference: (plan.reference ?? null) !== null,
    trainImages: plan.data.trainImages,
    testImages: plan.data.testImages,
    model: plan.model.sha256,
    result:
      result === null
        ? null
        : {
            before: result.before,
            after: result.after,
            findings: (result.findings ?? []).map((finding) => findingViewOf(finding, plan)),
            verdict: result.verdict ?? null,
            account: result.account ?? [],
            imagesReadOfForgetClasses: result.imagesReadOfForgetClasses,
            seconds: result.seconds.total,
            peakBytes: result.peakBytes,
            erased: result.erased.sha256,
          },
  };
}

function findingViewOf(
  finding: NonNullable<RunFinished['findings']>[number],
  { thresholds }: RunStarted,
): FindingView {
  const limit = thresholds?.limits.find(({ name }) => name === finding.name);
  return {
    ...finding,
    absence: finding.absence ?? null,
    original: limit?.original ?? null,
    reference: limit?.reference ?? null,
  };
}

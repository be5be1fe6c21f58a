/** Short names for the shapes that the published OpenAPI schema gives; nothing is described twice. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type AnswerValue = Schemas['ValueEnum'];
export type Answer = Schemas['AnswerField'];
/** Image space, in pixels: x = column, y = row, origin at the outer corner of the top-left pixel (PS3.3 C.18.6.1.1). */
export type BoxGeometry = BoxAnnotation['geometry'];
export type BoxAnnotation = Schemas['AnnotationField'];
export type ReadDocument = Schemas['DocumentField'];
export type Finding = Schemas['FindingOutput'];
export type RegionClass = Schemas['RegionClassOutput'];
export type LabelSchema = Schemas['LabelSchemaOutput'];
export type ImageSpacing = Schemas['SpacingOutput'];
export type SpacingSource = ImageSpacing['source'];
export type WindowPreset = Schemas['WindowPresetOutput'];
/** One instance as the viewer needs it. `frames_url + "/1"` is its first frame. */
export type CaseImage = Schemas['ImageOutput'];
export type PriorStudy = Schemas['PriorOutput'];
export type CaseContext = Schemas['ContextOutput'];
export type AssignmentState = Schemas['AssignmentState'];
export type Draft = Schemas['DraftOutput'];
/** A flag of the reader's that she has not taken back. */
export type StandingFlag = Schemas['StandingFlag'];
export type WorkspacePayload = Schemas['Workspace'];
export type AdjudicationPayload = Schemas['AdjudicationView'];
export type AdjudicatedFinding = Schemas['AdjudicatedFinding'];
export type LetteredRead = Schemas['LetteredRead'];
export type AdjudicationRow = Schemas['AdjudicationRow'];
export type Role = Schemas['Role'];
export type SessionUser = Schemas['SessionUser'];
export type ProjectRef = Schemas['ProjectSummary'];
export type Session = Schemas['Session'];

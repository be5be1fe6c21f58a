"""The URL table of the API."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from labelhub.api import demo
from labelhub.api.accounts import invitation, session
from labelhub.api.administration import deletions, machinery, people, server
from labelhub.api.administration import projects as administered
from labelhub.api.consensus import adjudications, case_record, resettling
from labelhub.api.http.permissions import SIGNED_IN
from labelhub.api.imaging import (
    bulk,
    case_labels,
    case_objects,
    case_page,
    case_why,
    cases,
    corrections,
    import_labels,
    imports,
    joining,
    pipeline,
    pixels,
    saved_filters,
    uploads,
)
from labelhub.api.learning import learning, model_files, ranking, training_runs
from labelhub.api.projects import (
    agreement,
    assigning,
    dashboard,
    deletion,
    exports,
    invitations,
    jobs,
    member_work,
    members,
    previews,
    project_list,
    projects,
    rounds,
    steering,
    studies,
)
from labelhub.api.reading import as_reader, assignments, worklist


class SchemaApi(SpectacularAPIView):
    policy = SIGNED_IN


class DocsPage(SpectacularSwaggerSplitView):
    """Its script is a request of its own: the content policy refuses scripts inside a page."""

    policy = SIGNED_IN
    metadata_class = None  # OPTIONS has no page to fill


urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaApi.as_view(), name="schema"),
    path("docs/", DocsPage.as_view(url_name="schema"), name="docs"),
    path("session/", session.SessionApi.as_view(), name="session"),
    path("invitation/", invitation.InvitationLookApi.as_view(), name="invitation"),
    path("invitation/accept/", invitation.InvitationAcceptApi.as_view(), name="invitation-accept"),
    path("projects/", project_list.ProjectListApi.as_view(), name="projects"),
    path("project-templates/", project_list.ProjectTemplatesApi.as_view(), name="project-templates"),
    path("projects/<slug:slug>/", projects.ProjectDetailApi.as_view(), name="project"),
    path("projects/<slug:slug>/archive/", projects.ProjectArchiveApi.as_view(), name="project-archive"),
    path(
        "projects/<slug:slug>/bring-back/", projects.ProjectBringBackApi.as_view(), name="project-bring-back"
    ),
    path("projects/<slug:slug>/delete/", deletion.ProjectDeleteApi.as_view(), name="project-delete"),
    path("projects/<slug:slug>/schema/", projects.LabelSchemaApi.as_view(), name="label-schema"),
    path(
        "projects/<slug:slug>/schema/preview/",
        previews.SchemaPreviewApi.as_view(),
        name="schema-preview",
    ),
    path("projects/<slug:slug>/protocol/", projects.ProtocolApi.as_view(), name="protocol"),
    path("projects/<slug:slug>/resettling/", resettling.ResettlingApi.as_view(), name="resettling"),
    path(
        "projects/<slug:slug>/protocol/preview/",
        previews.ProtocolPreviewApi.as_view(),
        name="protocol-preview",
    ),
    path("projects/<slug:slug>/rounds/", rounds.RoundsApi.as_view(), name="rounds"),
    path("projects/<slug:slug>/rounds/preview/", rounds.RoundPreviewApi.as_view(), name="round-preview"),
    path(
        "projects/<slug:slug>/rounds/<int:number>/close/", rounds.RoundCloseApi.as_view(), name="round-close"
    ),
    path("projects/<slug:slug>/studies/", studies.StudiesApi.as_view(), name="studies"),
    path("projects/<slug:slug>/studies/preview/", studies.StudyPreviewApi.as_view(), name="study-preview"),
    path("projects/<slug:slug>/members/", members.MembersApi.as_view(), name="members"),
    path("projects/<slug:slug>/members/<uuid:user_id>/", members.MemberApi.as_view(), name="member"),
    path("projects/<slug:slug>/members/in-hand/", member_work.MembersWorkApi.as_view(), name="members-work"),
    path(
        "projects/<slug:slug>/members/<uuid:user_id>/in-hand/",
        member_work.MemberWorkApi.as_view(),
        name="member-work",
    ),
    path(
        "projects/<slug:slug>/members/<uuid:user_id>/withdraw-assigned/",
        assigning.AssignedWithdrawApi.as_view(),
        name="assigned-withdraw",
    ),
    path("projects/<slug:slug>/assigned/", assigning.AssigningApi.as_view(), name="assigned"),
    path(
        "projects/<slug:slug>/assigned/preview/",
        assigning.AssigningPreviewApi.as_view(),
        name="assigned-preview",
    ),
    path(
        "projects/<slug:slug>/members/<uuid:user_id>/absence/",
        members.MemberAbsenceApi.as_view(),
        name="member-absence",
    ),
    path(
        "projects/<slug:slug>/members/<uuid:user_id>/<slug:role>/",
        members.MemberRoleApi.as_view(),
        name="member-role",
    ),
    path("projects/<slug:slug>/invitations/", invitations.InvitationsApi.as_view(), name="invitations"),
    path(
        "invitations/<uuid:invitation_id>/withdraw/",
        invitations.InvitationWithdrawApi.as_view(),
        name="invitation-withdraw",
    ),
    path("projects/<slug:slug>/dashboard/", dashboard.DashboardApi.as_view(), name="dashboard"),
    path("projects/<slug:slug>/agreement/", agreement.AgreementApi.as_view(), name="agreement"),
    path("projects/<slug:slug>/exports/", exports.ExportApi.as_view(), name="exports"),
    path("flags/<uuid:flag_id>/seen/", steering.FlagSeenApi.as_view(), name="flag-seen"),
    path(
        "late-reads/<uuid:late_read_id>/accept/",
        steering.LateReadAcceptApi.as_view(),
        name="late-read-accept",
    ),
    path(
        "assignments/<uuid:assignment_id>/manager-release/",
        steering.AssignmentManagerReleaseApi.as_view(),
        name="assignment-manager-release",
    ),
    path(
        "assignments/<uuid:assignment_id>/hand-over/",
        steering.AssignmentHandOverApi.as_view(),
        name="assignment-manager-hand-over",
    ),
    path(
        "adjudications/<uuid:adjudication_id>/manager-release/",
        steering.AdjudicationManagerReleaseApi.as_view(),
        name="adjudication-manager-release",
    ),
    path("projects/<slug:slug>/worklist/", worklist.WorklistApi.as_view(), name="worklist"),
    path("projects/<slug:slug>/worklist/next/", worklist.WorklistNextApi.as_view(), name="worklist-next"),
    path(
        "assignments/<uuid:assignment_id>/",
        include(
            [
                path("", assignments.AssignmentDetailApi.as_view(), name="assignment"),
                path("previous/", assignments.AssignmentPreviousApi.as_view(), name="assignment-previous"),
                path("open/", assignments.AssignmentOpenApi.as_view(), name="assignment-open"),
                path("heartbeat/", assignments.AssignmentHeartbeatApi.as_view(), name="assignment-heartbeat"),
                path("draft/", assignments.AssignmentDraftApi.as_view(), name="assignment-draft"),
                path("submit/", assignments.AssignmentSubmitApi.as_view(), name="assignment-submit"),
                path("amend/", assignments.AssignmentAmendApi.as_view(), name="assignment-amend"),
                path("skip/", assignments.AssignmentSkipApi.as_view(), name="assignment-skip"),
                path("flag/", assignments.AssignmentFlagApi.as_view(), name="assignment-flag"),
                path(
                    "flags/<uuid:flag_id>/withdraw/",
                    assignments.AssignmentFlagWithdrawApi.as_view(),
                    name="assignment-flag-withdraw",
                ),
                path("unskip/", assignments.AssignmentUnskipApi.as_view(), name="assignment-unskip"),
                path("release/", assignments.AssignmentReleaseApi.as_view(), name="assignment-release"),
                path("outcome/", assignments.AssignmentOutcomeApi.as_view(), name="assignment-outcome"),
            ]
        ),
    ),
    path(
        "projects/<slug:slug>/adjudications/",
        adjudications.AdjudicationListApi.as_view(),
        name="adjudications",
    ),
    path(
        "projects/<slug:slug>/adjudications/waiting/",
        adjudications.AdjudicationsWaitingApi.as_view(),
        name="adjudications-waiting",
    ),
    path(
        "projects/<slug:slug>/adjudications/next/",
        adjudications.AdjudicationNextApi.as_view(),
        name="adjudication-next",
    ),
    path(
        "adjudications/<uuid:adjudication_id>/",
        include(
            [
                path("", adjudications.AdjudicationDetailApi.as_view(), name="adjudication"),
                path("claim/", adjudications.AdjudicationClaimApi.as_view(), name="adjudication-claim"),
                path(
                    "heartbeat/",
                    adjudications.AdjudicationHeartbeatApi.as_view(),
                    name="adjudication-heartbeat",
                ),
                path("decide/", adjudications.AdjudicationDecideApi.as_view(), name="adjudication-decide"),
                path("release/", adjudications.AdjudicationReleaseApi.as_view(), name="adjudication-release"),
                path("recall/", adjudications.AdjudicationRecallApi.as_view(), name="adjudication-recall"),
                path("return/", adjudications.AdjudicationReturnApi.as_view(), name="adjudication-return"),
            ]
        ),
    ),
    path("projects/<slug:slug>/jobs/", jobs.ProjectJobsApi.as_view(), name="project-jobs"),
    path("jobs/<uuid:job_id>/cancel/", jobs.JobCancelApi.as_view(), name="job-cancel"),
    path("jobs/<uuid:job_id>/try-again/", jobs.JobTryAgainApi.as_view(), name="job-try-again"),
    path(
        "projects/<slug:slug>/training-policy/",
        learning.TrainingPolicyApi.as_view(),
        name="training-policy",
    ),
    path("projects/<slug:slug>/learning/", learning.LearningApi.as_view(), name="learning"),
    path(
        "projects/<slug:slug>/training-runs/", training_runs.TrainingRunsApi.as_view(), name="training-runs"
    ),
    path(
        "projects/<slug:slug>/learning/lift-rollback/",
        learning.RollbackLiftApi.as_view(),
        name="rollback-lift",
    ),
    path("projects/<slug:slug>/ranking/", ranking.RankingApi.as_view(), name="ranking"),
    path("training-runs/<uuid:run_id>/", training_runs.TrainingRunApi.as_view(), name="training-run"),
    path(
        "training-runs/<uuid:run_id>/cancel/",
        training_runs.TrainingRunCancelApi.as_view(),
        name="training-run-cancel",
    ),
    path("models/<uuid:model_id>/promote/", learning.ModelPromoteApi.as_view(), name="model-promote"),
    path("models/<uuid:model_id>/weights/", model_files.ModelWeightsApi.as_view(), name="model-weights"),
    path("models/<uuid:model_id>/card/", model_files.ModelCardApi.as_view(), name="model-card"),
    path(
        "models/<uuid:model_id>/predictions/",
        model_files.ModelPredictionsApi.as_view(),
        name="model-predictions",
    ),
    path("projects/<slug:slug>/imports/", imports.ImportListApi.as_view(), name="imports"),
    path("projects/<slug:slug>/as-reader/", as_reader.AsReaderApi.as_view(), name="as-reader"),
    path("projects/<slug:slug>/labels/", case_labels.CaseLabelsApi.as_view(), name="case-labels"),
    path(
        "projects/<slug:slug>/labels/preview/",
        case_labels.CaseLabelsPreviewApi.as_view(),
        name="case-labels-preview",
    ),
    path("imports/<uuid:import_id>/", imports.ImportDetailApi.as_view(), name="import"),
    path("imports/<uuid:import_id>/files/", imports.ImportFilesApi.as_view(), name="import-files"),
    path("imports/<uuid:import_id>/uploads/", uploads.UploadListApi.as_view(), name="import-uploads"),
    path(
        "imports/<uuid:import_id>/uploads/<uuid:upload_id>/",
        uploads.UploadApi.as_view(),
        name="import-upload",
    ),
    path("imports/<uuid:import_id>/labels/", import_labels.ImportLabelsApi.as_view(), name="import-labels"),
    path("imports/<uuid:import_id>/finish/", imports.ImportFinishApi.as_view(), name="import-finish"),
    path("demo/own-study/", demo.OwnStudyApi.as_view(), name="own-study"),
    path("demo/own-study/read/", demo.OwnStudyReadApi.as_view(), name="own-study-read"),
    path(
        "instances/<uuid:instance_id>/metadata/",
        pixels.InstanceMetadataApi.as_view(),
        name="instance-metadata",
    ),
    path("instances/<uuid:instance_id>/thumbnail/", pixels.ThumbnailApi.as_view(), name="instance-thumbnail"),
    path("instances/<uuid:instance_id>/frames/<int:frame>", pixels.FrameApi.as_view(), name="instance-frame"),
    path("projects/<slug:slug>/cases/", cases.CaseListApi.as_view(), name="cases"),
    path("projects/<slug:slug>/cases/count/", cases.CaseCountApi.as_view(), name="cases-count"),
    path("projects/<slug:slug>/cases/choices/", cases.CaseChoicesApi.as_view(), name="cases-choices"),
    path("projects/<slug:slug>/cases/exclude/", bulk.CasesExcludeApi.as_view(), name="cases-exclude"),
    path("projects/<slug:slug>/cases/bring-back/", bulk.CasesBringBackApi.as_view(), name="cases-bring-back"),
    path("projects/<slug:slug>/cases/read-first/", bulk.CasesReadFirstApi.as_view(), name="cases-read-first"),
    path(
        "projects/<slug:slug>/cases/read-in-turn/",
        bulk.CasesReadInTurnApi.as_view(),
        name="cases-read-in-turn",
    ),
    path("projects/<slug:slug>/case-filters/", saved_filters.SavedFiltersApi.as_view(), name="case-filters"),
    path(
        "projects/<slug:slug>/case-filters/<uuid:filter_id>/",
        saved_filters.SavedFilterApi.as_view(),
        name="case-filter",
    ),
    path("instances/<uuid:instance_id>/pipeline/", pipeline.PipelineApi.as_view(), name="instance-pipeline"),
    path(
        "instances/<uuid:instance_id>/model-input.png",
        pipeline.ModelInputApi.as_view(),
        name="instance-model-input",
    ),
    path("projects/<slug:slug>/cases/<int:number>/", case_page.CaseApi.as_view(), name="case"),
    path("cases/<uuid:case_id>/record/", case_record.CaseRecordApi.as_view(), name="case-record"),
    path("cases/<uuid:case_id>/history/", case_record.CaseHistoryApi.as_view(), name="case-history"),
    path("cases/<uuid:case_id>/images/", pipeline.CaseImagesApi.as_view(), name="case-images"),
    path("cases/<uuid:case_id>/objects/", case_objects.CaseObjectsApi.as_view(), name="case-objects"),
    path("cases/<uuid:case_id>/joining/", joining.CaseJoiningApi.as_view(), name="case-joining"),
    path(
        "cases/<uuid:case_id>/corrections/", corrections.CaseCorrectionsApi.as_view(), name="case-corrections"
    ),
    path("cases/<uuid:case_id>/patient/", corrections.CasePatientApi.as_view(), name="case-patient"),
    path("cases/<uuid:case_id>/split/", corrections.CaseSplitApi.as_view(), name="case-split"),
    path("cases/<uuid:case_id>/site/", corrections.CaseSiteApi.as_view(), name="case-site"),
    path("instances/<uuid:instance_id>/in-case/", corrections.ImageInCaseApi.as_view(), name="image-in-case"),
    path("instances/<uuid:instance_id>/view/", corrections.ImageViewApi.as_view(), name="image-view"),
    path("cases/<uuid:case_id>/why/", case_why.CaseWhyApi.as_view(), name="case-why"),
    path(
        "cases/<uuid:case_id>/accept-version/",
        cases.CaseAcceptVersionApi.as_view(),
        name="case-accept-version",
    ),
    path(
        "administration/",
        include(
            [
                path("people/", people.PeopleApi.as_view(), name="administration-people"),
                path(
                    "people/<uuid:user_id>/deactivate/",
                    people.PersonDeactivateApi.as_view(),
                    name="administration-deactivate",
                ),
                path(
                    "people/<uuid:user_id>/reactivate/",
                    people.PersonReactivateApi.as_view(),
                    name="administration-reactivate",
                ),
                path(
                    "projects/",
                    administered.AdministeredProjectsApi.as_view(),
                    name="administration-projects",
                ),
                path("deletions/", deletions.DeletionsApi.as_view(), name="administration-deletions"),
                path(
                    "deletions/<uuid:deletion_id>/take-back/",
                    deletions.DeletionTakeBackApi.as_view(),
                    name="administration-take-back",
                ),
                path("workers/", machinery.WorkersApi.as_view(), name="administration-workers"),
                path("queues/", machinery.QueuesApi.as_view(), name="administration-queues"),
                path("store/", server.StoreApi.as_view(), name="administration-store"),
                path("database/", server.DatabaseApi.as_view(), name="administration-database"),
                path("versions/", server.VersionsApi.as_view(), name="administration-versions"),
                path("disk/", server.DiskApi.as_view(), name="administration-disk"),
                path("seals/", server.SealsApi.as_view(), name="administration-seals"),
            ]
        ),
    ),
]

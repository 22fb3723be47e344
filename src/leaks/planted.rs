//! The leaks that can be planted, and the switch.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Which leak is planted: its place in [`Leak::ALL`], from 1; 0 is none.
static PLANTED: AtomicUsize = AtomicUsize::new(0);

/// Plants a leak in this process in place of the last one, or none.
pub fn plant(leak: Option<Leak>) {
    PLANTED.store(leak.map_or(0, |leak| leak as usize + 1), Ordering::SeqCst);
}

/// Which leak is planted.
pub fn planted() -> Option<Leak> {
    let place = PLANTED.load(Ordering::SeqCst).checked_sub(1)?;
    Leak::ALL.get(place).copied()
}

/// Whether this leak is planted.
pub fn is_planted(leak: Leak) -> bool {
    PLANTED.load(Ordering::Relaxed) == leak as usize + 1
}

macro_rules! leaks {
    ($($name:ident: $what:literal, seen by $viewer:literal at $operation:literal;)+) => {
        /// A mistake that would break the rule of privacy.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Leak {
            $(#[doc = $what] $name,)+
        }

        impl Leak {
            /// Every leak.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// What the server does wrong.
            pub const fn what(self) -> &'static str {
                match self { $(Self::$name => $what,)+ }
            }

            /// The member who must notice, or `a stranger`.
            pub const fn viewer(self) -> &'static str {
                match self { $(Self::$name => $viewer,)+ }
            }

            /// The operation of the OpenAPI document at which.
            pub const fn operation(self) -> &'static str {
                match self { $(Self::$name => $operation,)+ }
            }
        }
    };
}

leaks! {
    UnmaskedValues: "shows peers personal values without the mask", seen by "dora" at "get /v1/groups/{group}/sellers";
    ExactDates: "shows peers the day and not the month", seen by "dora" at "get /v1/groups/{group}/sellers";
    OrderByDay: "orders the list for peers by the day that it does not show them", seen by "dora" at "get /v1/groups/{group}/sellers";
    ExactCounts: "shows peers how many reports and members there are, not the band", seen by "dora" at "get /v1/groups/{group}/sellers";
    GoodsOneTooEarly: "shows peers classes of goods from one member too few", seen by "dora" at "get /v1/groups/{group}/sellers";
    KOfNoGroup: "shows peers classes of goods though the group asks for more members", seen by "dora" at "get /v1/groups/{group}/sellers";
    AffiliatesCountApart: "counts members of one owner apart", seen by "dora" at "get /v1/groups/{group}/sellers";
    BrandOfGoods: "shows peers the brand of the goods", seen by "dora" at "get /v1/groups/{group}/sellers";
    ContributionsToPeers: "lists for peers each report",
        seen by "dora" at "get /v1/groups/{group}/sellers/{id}/contributions";
    ReportsToPeers: "shows peers each report", seen by "dora" at "get /v1/groups/{group}/sellers";
    RiskOfUnseenReports: "rates for peers what single reports rest on", seen by "dora" at "get /v1/groups/{group}/sellers";
    ValuesToPeers: "shows peers the summed values", seen by "dora" at "get /v1/groups/{group}/sellers";
    NameOfAnonymous: "tells platforms the name of an anonymous reporter", seen by "taobao" at "get /v1/groups/{group}/sellers";
    PrincipalOfAnonymous: "tells platforms for whom an anonymous reporter acts", seen by "taobao" at "get /v1/groups/{group}/sellers";
    SignerOfAnonymous: "shows platforms the signed statement of an anonymous reporter", seen by "taobao" at "get /v1/groups/{group}/sellers";
    CapturerOfAnonymous: "tells platforms who captured the evidence of an anonymous reporter", seen by "taobao" at "get /v1/groups/{group}/sellers";
    NarrativeToAll: "shows platforms a narrative that is not for them", seen by "taobao" at "get /v1/groups/{group}/sellers";
    EvidenceToAll: "shows platforms evidence that is not for them", seen by "taobao" at "get /v1/groups/{group}/sellers";
    PurchasesToAll: "shows platforms test purchases that are not for them", seen by "taobao" at "get /v1/groups/{group}/sellers";
    OneGivenOpensAll: "shows a platform every report of a profile of which it was given one", seen by "taobao" at "get /v1/groups/{group}/sellers";
    DropBoxesInAlliance: "pools in `alliance` what was given to a drop box", seen by "dora" at "get /v1/groups/{group}/sellers";
    GroupsInAlliance: "pools in `alliance` what was shared with a smaller group", seen by "dora" at "get /v1/groups/{group}/sellers";
    DropBoxesToAllPlatforms: "lets a platform read the drop box of another", seen by "ebay" at "get /v1/groups/{group}/sellers";
    ContributorsRead: "lets whoever contributes to a group read it", seen by "cora" at "get /v1/groups/{group}/sellers";
    NarrowValuesToPeers: "shows peers, masked, what a report gives to platforms only", seen by "dora" at "get /v1/groups/{group}/sellers";
    NarrowValuesResolve: "resolves by values that a report does not give to all its readers", seen by "dora" at "get /v1/groups/{group}/sellers";
    NarrowValuesFind: "finds a profile for everybody by a value that is for platforms only", seen by "dora" at "get /v1/groups/{group}/sellers";
    OwnValuesToPlatforms: "shows platforms values that the reporter keeps to itself", seen by "taobao" at "get /v1/groups/{group}/sellers";
    HostedByOwnValues: "takes a platform for the host because of a value that the reporter keeps to itself", seen by "ebay" at "get /v1/groups/{group}/sellers";
    HeldByAnybody: "unmasks a value for everybody if anybody holds it", seen by "dora" at "get /v1/groups/{group}/sellers";
    FoundByHiddenValue: "finds a profile by a value that the viewer does not see", seen by "dora" at "post /v1/groups/{group}/match";
    CursorOfStoredRow: "puts into a cursor what was made from the hidden part of a row", seen by "dora" at "get /v1/groups/{group}/sellers";
    TagOfStoredRow: "makes the entity tag from the stored row and not from what is sent", seen by "dora" at "get /v1/groups/{group}/sellers/{id}";
    SellerListOfAllGroups: "lists profiles of every group", seen by "dora" at "get /v1/groups/{group}/sellers";
    SellerListOfAllClasses: "lists views of every lens class", seen by "dora" at "get /v1/groups/{group}/sellers";
    SellersOfAnyGroup: "finds a profile of a group that the viewer does not read", seen by "dora" at "get /v1/groups/{group}/sellers/{id}";
    MovedInAnyGroup: "tells where a profile of another group went", seen by "dora" at "get /v1/groups/{group}/sellers/{id}";
    HistoryOfAllGroups: "tells the history of a profile of another group", seen by "dora" at "get /v1/groups/{group}/sellers/{id}/history";
    MatchesInAllGroups: "matches identifiers in every group", seen by "dora" at "post /v1/groups/{group}/match";
    EventWithoutChange: "writes an event for a class whose view did not change", seen by "dora" at "get /v1/groups/{group}/feed";
    ModifiedWithoutChange: "moves `modified_at` for a class whose view did not change", seen by "dora" at "get /v1/groups/{group}/sellers";
    RevisionsOfAllClasses: "counts revisions over all lens classes", seen by "dora" at "get /v1/groups/{group}/sellers";
    FeedNumbersOfAllClasses: "numbers events over all lens classes of a group", seen by "dora" at "get /v1/groups/{group}/feed";
    FeedNumbersOfAllGroups: "numbers events over all groups", seen by "dora" at "get /v1/groups/{group}/feed";
    FeedOfAllClasses: "hands out the events of every lens class", seen by "dora" at "get /v1/groups/{group}/feed";
    FeedOfAllGroups: "hands out the events of every group", seen by "dora" at "get /v1/groups/{group}/feed";
    SinceOfAllClasses: "counts the events before a time over all lens classes", seen by "dora" at "get /v1/groups/{group}/feed";
    SnapshotOfAllGroups: "puts profiles of every group into a snapshot", seen by "dora" at "get /v1/groups/{group}/snapshot";
    SnapshotOfAllClasses: "puts views of every lens class into a snapshot", seen by "dora" at "get /v1/groups/{group}/snapshot";
    ObjectsOfAllGroups: "puts objects of every group into a TAXII collection", seen by "dora" at "get /taxii2/groups/collections/{collection}/objects/";
    ObjectsOfAllClasses: "puts objects of every lens class into a TAXII collection", seen by "dora" at "get /taxii2/groups/collections/{collection}/manifest/";
    ObjectOfAnyGroup: "finds a TAXII object by id in every collection", seen by "dora" at "get /taxii2/groups/collections/{collection}/objects/{object}/";
    TagOfAllClasses: "makes the entity tag of a MISP manifest from what changed for any lens class", seen by "dora" at "get /misp/{group}/manifest.json";
    HubsOfAllGroups: "counts in every group who carries a value", seen by "dora" at "get /v1/groups/{group}/sellers";
    LinksToPeers: "shows peers the links between reports", seen by "dora" at "get /v1/groups/{group}/sellers/{id}/links";
    PathsToPeers: "shows peers the way from one report to another", seen by "dora" at "get /v1/groups/{group}/sellers/{id}/links";
    RefusalsToPeers: "shows peers the links that were refused", seen by "dora" at "get /v1/groups/{group}/sellers/{id}/apart";
    HiddenCandidates: "queues for peers two profiles that have a hidden value in common", seen by "dora" at "get /v1/groups/{group}/candidates";
    ProposalsHideCandidates: "takes a pair out of the queue because somebody proposed something", seen by "dora" at "get /v1/groups/{group}/candidates";
    JudgementsOfOthers: "lists the judgements of others", seen by "dora" at "get /v1/groups/{group}/judgements";
    ProposalsToPeers: "lists proposals for peers, who may judge none of them", seen by "dora" at "get /v1/groups/{group}/judgements";
    JudgementsToPlatforms: "lists for platforms what others judged and did not propose", seen by "taobao" at "get /v1/groups/{group}/judgements";
    ProposalsTakenBack: "lists proposals that were taken back", seen by "taobao" at "get /v1/groups/{group}/judgements";
    ProposerShown: "tells who proposed", seen by "taobao" at "get /v1/groups/{group}/judgements";
    NotYoursToTakeBack: "tells a hidden judgement from one that is not there", seen by "dora" at "delete /v1/groups/{group}/judgements/{id}";
    HiddenReportsJudged: "tells a hidden report from one that is not there, to who judges", seen by "dora" at "post /v1/groups/{group}/judgements";
    IntroductionsOfOthers: "lists what others asked of contributors", seen by "dora" at "get /v1/introductions";
    SilenceShown: "tells who was asked and is silent", seen by "dora" at "get /v1/introductions";
    GrantsToOtherAskers: "tells everybody who asked of every grant", seen by "dora" at "get /v1/introductions";
    InboxesOfOthers: "shows a member what others are asked", seen by "dora" at "get /v1/introductions/received";
    BudgetOfAll: "takes look-ups off one budget that all members share", seen by "dora" at "post /v1/groups/{group}/match";
    LookUpsOfOthers: "shows a member what others looked up", seen by "dora" at "get /v1/look-ups";
    CanariesTold: "refuses to look for a canary", seen by "dora" at "post /v1/groups/{group}/match";
    ReportsOfOthers: "finds reports of others", seen by "dora" at "get /v1/reports/{id}";
    RevisionsOfOthers: "lists revisions of reports of others", seen by "dora" at "get /v1/reports/{id}/revisions";
    ReportListOfAll: "lists reports of all members", seen by "dora" at "get /v1/reports";
    ExternalIdsOfOthers: "refuses an external id because another member uses it", seen by "acme" at "post /v1/reports";
    PendingOfOthers: "says that a report waits because anything does", seen by "acme" at "get /v1/reports/{id}/sellers";
    PlacesInUnreadGroups: "tells a contributor the profile in a group that it cannot read", seen by "acme" at "get /v1/reports/{id}/sellers";
    UsersOfOthers: "lists users of all members", seen by "dora" at "get /v1/users";
    StatusesOfOthers: "tells anybody what became of what was posted", seen by "dora" at "get /taxii2/groups/status/{id}/";
    WebhooksOfOthers: "lists webhooks of all members", seen by "dora" at "get /v1/webhooks";
    KeysOfOthers: "lists API keys of all members", seen by "dora" at "get /v1/keys";
    GroupsOfOthers: "lists groups in which the caller has no right", seen by "dora" at "get /v1/groups";
    ForbiddenNotMissing: "answers 403 for a hidden group and 404 for none", seen by "dora" at "get /v1/groups/{group}/sellers";
    SignInTellsUnknown: "tells who asks to sign in that there is no such user", seen by "a stranger" at "post /v1/sessions";
    SignInTellsSuspended: "tells who asks to sign in that the member is suspended", seen by "a stranger" at "post /v1/sessions";
    TakenBeforeToken: "tells whoever has no invitation that an e-mail address is taken", seen by "a stranger" at "post /v1/invitations/accept";
}

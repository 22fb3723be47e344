//! The tables, as both engines have them; `tests/schema_parity.rs` holds the migrations to this.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    secrets (name) {
        name -> Text,
        value -> Binary,
        created_at -> BigInt,
        wrapped -> Bool,
    }
}

table! {
    data_keys (id) {
        id -> BigInt,
        owner_kind -> Text,
        owner_id -> Binary,
        generation -> BigInt,
        wrapped -> Binary,
        created_at -> BigInt,
    }
}

table! {
    vault_head (name) {
        name -> Text,
        epoch -> BigInt,
        walk -> Nullable<Text>,
    }
}

table! {
    members (id) {
        id -> Binary,
        slug -> Text,
        name -> Text,
        kind -> Text,
        standing -> Text,
        created_at -> BigInt,
        owner_group -> Nullable<Text>,
    }
}

table! {
    users (id) {
        id -> Binary,
        member_id -> Binary,
        email -> Binary,
        email_index -> Nullable<Binary>,
        name -> Binary,
        role -> Text,
        password_hash -> Text,
        standing -> Text,
        created_at -> BigInt,
    }
}

table! {
    invitations (id) {
        id -> Binary,
        member_id -> Binary,
        email -> Binary,
        role -> Text,
        token_hash -> Binary,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

table! {
    sessions (id) {
        id -> Binary,
        user_id -> Binary,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

table! {
    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

table! {
    api_keys (id) {
        id -> Binary,
        member_id -> Binary,
        name -> Text,
        secret_hash -> Binary,
        scopes -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
    }
}

table! {
    sharing_groups (id) {
        id -> Binary,
        slug -> Text,
        name -> Text,
        kind -> Text,
        includes_alliance -> Bool,
        host_id -> Nullable<Binary>,
        next_entry -> BigInt,
        next_label -> BigInt,
        lens_version -> Integer,
        created_at -> BigInt,
        rules_version -> Integer,
        stop_list_version -> BigInt,
        description -> Text,
        members_named -> Bool,
        k -> Integer,
        batches -> BigInt,
    }
}

table! {
    group_members (group_id, member_id) {
        group_id -> Binary,
        member_id -> Binary,
        contribute -> Bool,
        read -> Bool,
        keeper -> Bool,
    }
}

table! {
    group_invitations (group_id, id) {
        group_id -> Binary,
        id -> Binary,
        member_slug -> Text,
        contribute -> Bool,
        read -> Bool,
        invited_by -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        accepted_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        declined_at -> Nullable<BigInt>,
        declined_by -> Nullable<Text>,
    }
}

table! {
    group_changes (group_id, number) {
        group_id -> Binary,
        number -> BigInt,
        at -> BigInt,
        kind -> Text,
        member_id -> Binary,
        actor -> Text,
        subject -> Text,
        contribute -> Bool,
        read -> Bool,
        reports -> Nullable<Text>,
        k -> Nullable<Integer>,
    }
}

table! {
    reports (member_id, id) {
        member_id -> Binary,
        id -> Binary,
        external_id -> Text,
        digest -> Text,
        revision -> Integer,
        state -> Text,
        body -> Binary,
        created_at -> BigInt,
        modified_at -> BigInt,
        object_version -> Nullable<BigInt>,
    }
}

table! {
    report_revisions (member_id, report_id, revision) {
        member_id -> Binary,
        report_id -> Binary,
        revision -> Integer,
        digest -> Text,
        body -> Binary,
        actor -> Text,
        created_at -> BigInt,
    }
}

table! {
    held_values (member_id, term, report_id) {
        member_id -> Binary,
        term -> BigInt,
        report_id -> Binary,
        identifier -> Binary,
    }
}

table! {
    pool_queue (group_id, id) {
        group_id -> Binary,
        id -> Binary,
        member_id -> Binary,
        report_id -> Binary,
    }
}

table! {
    pool_entries (group_id, entry) {
        group_id -> Binary,
        entry -> BigInt,
        member_id -> Binary,
        report_id -> Binary,
        facts -> Binary,
        account -> BigInt,
        profile_id -> Binary,
    }
}

table! {
    pool_accounts (group_id, account) {
        group_id -> Binary,
        account -> BigInt,
        core -> BigInt,
        profile_id -> Binary,
        founder -> Nullable<BigInt>,
        said -> Binary,
    }
}

table! {
    postings (group_id, term, carrier, account) {
        group_id -> Binary,
        term -> BigInt,
        carrier -> BigInt,
        account -> BigInt,
    }
}

table! {
    links (group_id, stratum, from_entry, to_entry) {
        group_id -> Binary,
        stratum -> Integer,
        from_entry -> BigInt,
        to_entry -> BigInt,
        term -> BigInt,
        class -> Text,
        degree -> Integer,
        score_decibits -> Integer,
    }
}

table! {
    refusals (group_id, stratum, from_entry, to_entry, term) {
        group_id -> Binary,
        stratum -> Integer,
        from_entry -> BigInt,
        to_entry -> BigInt,
        term -> BigInt,
        class -> Text,
        degree -> Integer,
        score_decibits -> Integer,
        number_from -> Binary,
        number_to -> Binary,
        objection -> Text,
    }
}

table! {
    judgements (group_id, id) {
        group_id -> Binary,
        id -> Binary,
        report_a -> Binary,
        report_b -> Binary,
        verdict -> Text,
        state -> Text,
        asked_a -> Text,
        asked_b -> Text,
        reason -> Binary,
        member_id -> Binary,
        actor -> Text,
        created_at -> BigInt,
        undone_at -> Nullable<BigInt>,
        undone_by -> Nullable<Text>,
    }
}

table! {
    stop_list (id) {
        id -> Binary,
        kind -> Text,
        value -> Binary,
        match_key -> Binary,
        platform -> Nullable<Text>,
        reason -> Text,
        note -> Binary,
        origin -> Text,
        added_in -> BigInt,
        added_at -> BigInt,
        added_by -> Text,
        lifted_in -> Nullable<BigInt>,
        lifted_at -> Nullable<BigInt>,
        lifted_by -> Nullable<Text>,
    }
}

table! {
    stop_list_head (name) {
        name -> Text,
        version -> BigInt,
    }
}

table! {
    wide_phones (group_id, term) {
        group_id -> Binary,
        term -> BigInt,
        digits -> Binary,
    }
}

table! {
    busy_terms (group_id, term) {
        group_id -> Binary,
        term -> BigInt,
    }
}

table! {
    profile_views (group_id, class, profile_id) {
        group_id -> Binary,
        class -> Text,
        profile_id -> Binary,
        revision -> Integer,
        created_at -> BigInt,
        modified_at -> BigInt,
        order_day -> BigInt,
        digest -> Binary,
        body -> Binary,
        risk -> Integer,
    }
}

table! {
    profile_tallies (group_id, profile_id) {
        group_id -> Binary,
        profile_id -> Binary,
        body -> Binary,
    }
}

table! {
    profile_terms (group_id, term, audience, profile_id) {
        group_id -> Binary,
        term -> BigInt,
        audience -> Text,
        profile_id -> Binary,
    }
}

table! {
    shared_terms (group_id, audience, term) {
        group_id -> Binary,
        audience -> Text,
        term -> BigInt,
        class -> Text,
        score_decibits -> Nullable<Integer>,
    }
}

table! {
    successions (group_id, profile_id) {
        group_id -> Binary,
        profile_id -> Binary,
        successor_id -> Nullable<Binary>,
        ended_at -> BigInt,
    }
}

table! {
    feed_heads (group_id, class) {
        group_id -> Binary,
        class -> Text,
        number -> BigInt,
    }
}

table! {
    feed_events (group_id, class, number) {
        group_id -> Binary,
        class -> Text,
        number -> BigInt,
        kind -> Text,
        profile_id -> Binary,
        revision -> Integer,
        others -> Text,
        at -> BigInt,
        words_before -> Nullable<Text>,
        changed -> Nullable<Text>,
        risk_before -> Nullable<Integer>,
    }
}

table! {
    exchange_places (group_id, class, profile_id, born) {
        group_id -> Binary,
        class -> Text,
        profile_id -> Binary,
        born -> BigInt,
        first -> BigInt,
        last -> BigInt,
        family -> BigInt,
        revision -> Integer,
        ended -> Bool,
        heir -> Nullable<Binary>,
        parts -> Text,
        stamp -> BigInt,
    }
}

table! {
    exchange_statuses (member_id, id) {
        member_id -> Binary,
        id -> Binary,
        at -> BigInt,
        told -> Binary,
    }
}

table! {
    group_stats (group_id, as_of) {
        group_id -> Binary,
        as_of -> BigInt,
        body -> Text,
    }
}

table! {
    look_up_meters (member_id) {
        member_id -> Binary,
        day -> BigInt,
        spent -> BigInt,
        last_number -> BigInt,
    }
}

table! {
    look_ups (member_id, number) {
        member_id -> Binary,
        number -> BigInt,
        at -> BigInt,
        actor -> Text,
        operation -> Text,
        group_id -> Binary,
        kind -> Text,
        value_hash -> Binary,
    }
}

table! {
    canaries (id) {
        id -> Binary,
        kind -> Text,
        value_hash -> Binary,
        note -> Text,
        created_at -> BigInt,
        created_by -> Text,
        retired_at -> Nullable<BigInt>,
        retired_by -> Nullable<Text>,
    }
}

table! {
    canary_alerts (id) {
        id -> Binary,
        canary_id -> Binary,
        at -> BigInt,
        member_id -> Binary,
        actor -> Text,
        operation -> Text,
        group_id -> Nullable<Binary>,
    }
}

table! {
    introductions (member_id, id) {
        member_id -> Binary,
        id -> Binary,
        group_id -> Binary,
        seller_id -> Binary,
        actor -> Text,
        message -> Binary,
        contact -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        withdrawn_at -> Nullable<BigInt>,
        withdrawn_by -> Nullable<Text>,
    }
}

table! {
    introduction_recipients (member_id, introduction_id) {
        member_id -> Binary,
        introduction_id -> Binary,
        asker_id -> Binary,
        contact -> Binary,
        granted_at -> Nullable<BigInt>,
        granted_by -> Nullable<Text>,
        ignored_at -> Nullable<BigInt>,
        ignored_by -> Nullable<Text>,
    }
}

table! {
    webhooks (member_id, id) {
        member_id -> Binary,
        id -> Binary,
        group_id -> Binary,
        class -> Text,
        url -> Binary,
        secret -> Binary,
        old_secret -> Binary,
        old_secret_until -> BigInt,
        state -> Text,
        ended_by -> Nullable<Text>,
        ended_at -> Nullable<BigInt>,
        created_at -> BigInt,
        created_by -> Text,
        position -> BigInt,
        attempts -> Integer,
        due_at -> BigInt,
        failing_since -> Nullable<BigInt>,
        recalled -> Bool,
        leased_by -> Binary,
        leased_until -> BigInt,
    }
}

table! {
    webhook_deliveries (member_id, webhook_id, number) {
        member_id -> Binary,
        webhook_id -> Binary,
        number -> BigInt,
        state -> Text,
        attempts -> Integer,
        first_at -> BigInt,
        last_at -> BigInt,
        status -> Nullable<Integer>,
        failure -> Nullable<Text>,
    }
}

table! {
    webhook_attempts (member_id, webhook_id, number, attempt) {
        member_id -> Binary,
        webhook_id -> Binary,
        number -> BigInt,
        attempt -> Integer,
        at -> BigInt,
        status -> Nullable<Integer>,
        failure -> Nullable<Text>,
        took_ms -> BigInt,
    }
}

joinable!(users -> members (member_id));
joinable!(group_members -> members (member_id));
joinable!(group_members -> sharing_groups (group_id));
joinable!(group_invitations -> sharing_groups (group_id));
joinable!(group_invitations -> members (invited_by));
joinable!(look_ups -> members (member_id));
joinable!(look_ups -> sharing_groups (group_id));
joinable!(canary_alerts -> members (member_id));
joinable!(canary_alerts -> sharing_groups (group_id));
joinable!(introductions -> members (member_id));
joinable!(introductions -> sharing_groups (group_id));
joinable!(introduction_recipients -> members (member_id));
joinable!(webhooks -> sharing_groups (group_id));
joinable!(api_keys -> members (member_id));
joinable!(invitations -> members (member_id));
joinable!(sessions -> users (user_id));
joinable!(refresh_tokens -> sessions (session_id));

allow_tables_to_appear_in_same_query!(
    secrets,
    data_keys,
    vault_head,
    members,
    users,
    invitations,
    sessions,
    refresh_tokens,
    api_keys,
    sharing_groups,
    group_members,
    group_invitations,
    group_changes,
    reports,
    report_revisions,
    held_values,
    pool_queue,
    pool_entries,
    pool_accounts,
    postings,
    links,
    refusals,
    judgements,
    stop_list,
    stop_list_head,
    wide_phones,
    busy_terms,
    profile_views,
    profile_tallies,
    profile_terms,
    shared_terms,
    successions,
    feed_heads,
    feed_events,
    exchange_places,
    exchange_statuses,
    group_stats,
    look_up_meters,
    look_ups,
    canaries,
    canary_alerts,
    introductions,
    introduction_recipients,
    webhooks,
    webhook_deliveries,
    webhook_attempts
);

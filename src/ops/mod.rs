//! Every change of the store, one verb per file. A verb owns its transaction, takes who asks and when
//! as arguments, and knows nothing of HTTP.

pub mod answer_group_invitation;
pub mod appoint_keeper;
pub mod create_group;
pub mod create_member;
pub mod deliver_webhooks;
pub mod erase_member;
pub mod file_reports;
pub mod found_group;
pub mod introduce;
pub mod invite_first_operator;
pub mod invite_member;
pub mod invite_user;
pub mod judge;
pub mod keep_canaries;
pub mod keep_group;
pub mod keep_stop_list;
pub mod keep_webhooks;
pub mod leave_group;
pub mod look_up;
pub mod manage_keys;
pub mod raise_k;
pub mod set_owner_group;
pub mod set_password;
pub mod set_standing;
pub mod sign_in;
pub mod token;

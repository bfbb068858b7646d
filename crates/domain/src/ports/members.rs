use async_trait::async_trait;

use super::StoreError;
use crate::access::HomeScope;
use crate::id::PersonId;
use crate::member::{Invitation, InvitationCode, Member};
use crate::page::{Page, PageRequest};

/// What becomes of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberChange {
    /// As they were read.
    pub before: Member,
    /// As they shall be; `None` to be a member no more.
    pub after: Option<Member>,
}

/// Keeps who belongs to homes. A guest whose stay has ended MUST NOT be found, neither here nor in
/// [`HomeStore`](super::HomeStore).
#[async_trait]
pub trait MemberStore: Send + Sync {
    /// The members of a home, in the order of their ids; MUST be a consistent read.
    async fn members(&self, scope: &HomeScope, page: &PageRequest) -> Result<Page<Member>, StoreError>;

    /// One of them; MUST be a consistent read.
    async fn member(&self, scope: &HomeScope, person: PersonId) -> Result<Option<Member>, StoreError>;

    /// Makes all changes in one write; a member who has another role than before MUST be a [`StoreError::Conflict`],
    /// and nothing changes.
    async fn change_members(&self, scope: &HomeScope, changes: &[MemberChange]) -> Result<(), StoreError>;

    /// Stores an invitation; an open one with the same code MUST be a [`StoreError::Conflict`].
    async fn open_invitation(&self, invitation: &Invitation) -> Result<(), StoreError>;

    /// The open invitation with this code. MUST be a consistent read.
    async fn invitation(&self, code: &InvitationCode) -> Result<Option<Invitation>, StoreError>;

    /// Uses the invitation up and stores the member, in one write; an invitation that is used up, or somebody who is a
    /// member already, MUST be a [`StoreError::Conflict`], and nothing changes.
    async fn accept_invitation(&self, invitation: &Invitation, member: &Member) -> Result<(), StoreError>;
}

//! Members of a home: invited, accepted, removed, gone, and the home handed on.

use std::sync::Arc;

use thiserror::Error;

use super::{UseCaseError, unless_conflict};
use crate::Timestamp;
use crate::access::HomeScope;
use crate::home::{MAX_OWNED_HOMES, Membership, Name, Role};
use crate::id::PersonId;
use crate::member::{INVITATION_VALID, Invitation, InvitationCode, MAX_MEMBERS, Member, Stay};
use crate::page::every;
use crate::ports::{HomeStore, MemberChange, MemberStore, StoreError};

/// Why the members of a home stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MemberError {
    /// The person is a member already.
    #[error("you are a member of this home already")]
    AlreadyMember,
    /// A home is never without an owner.
    #[error("the owner cannot leave; hand the home on first")]
    OwnerStays,
    /// The home is full.
    #[error("a home has at most {MAX_MEMBERS} members")]
    TooManyMembers,
    /// Only a member for good can become the owner.
    #[error("a home is handed on to one of its members who is not a guest")]
    NotAMember,
}

/// Keeps who belongs to homes.
#[derive(Clone)]
pub struct MemberKeeping {
    homes: Arc<dyn HomeStore>,
    members: Arc<dyn MemberStore>,
}

impl MemberKeeping {
    /// Over one store of everything.
    pub fn new<S: HomeStore + MemberStore + 'static>(store: &Arc<S>) -> Self {
        Self {
            homes: store.clone(),
            members: store.clone(),
        }
    }

    /// Asks somebody in; `code` must be fresh randomness.
    pub async fn invite(
        &self,
        scope: &HomeScope,
        code: InvitationCode,
        name: Name,
        stay: Stay,
        now: Timestamp,
    ) -> Result<Invitation, UseCaseError> {
        self.check_room(scope).await?;
        let invitation = Invitation {
            code,
            home: scope.home(),
            name,
            stay,
            expires_at: now.plus(INVITATION_VALID),
        };
        self.members.open_invitation(&invitation).await?;
        Ok(invitation)
    }

    /// Makes `person` a member by the code that they were given.
    ///
    /// A code that is unknown, used or expired, or that asks a guest whose stay is over, is
    /// [`UseCaseError::NotFound`].
    pub async fn accept(
        &self,
        person: PersonId,
        code: &InvitationCode,
        now: Timestamp,
    ) -> Result<Membership, UseCaseError> {
        let unknown = || UseCaseError::NotFound { what: "invitation" };
        let invitation = self.members.invitation(code).await?.ok_or_else(unknown)?;
        let is_over = invitation.stay.ends_at().is_some_and(|ends_at| ends_at <= now);
        if is_over || invitation.expires_at <= now {
            return Err(unknown());
        }
        let home = invitation.home;
        if self.homes.membership(person, home).await?.is_some() {
            return Err(MemberError::AlreadyMember.into());
        }
        let member = invitation.accepted_by(person);
        let accepted = self.members.accept_invitation(&invitation, &member).await;
        unless_conflict(accepted)?.ok_or_else(unknown)?;
        let role = member.role;
        Ok(Membership { home, person, role })
    }

    /// The members of a home.
    pub async fn members(&self, scope: &HomeScope) -> Result<Vec<Member>, StoreError> {
        every(|page| async move { self.members.members(scope, &page).await }).await
    }

    /// Ends a membership, at once; the owner's only ends by handing the home on.
    pub async fn remove(&self, scope: &HomeScope, person: PersonId) -> Result<(), UseCaseError> {
        let before = self.member(scope, person).await?;
        if before.role == Role::Owner {
            return Err(MemberError::OwnerStays.into());
        }
        let change = MemberChange { before, after: None };
        Ok(self.members.change_members(scope, &[change]).await?)
    }

    /// Makes a member the owner, and the owner a member.
    pub async fn hand_on(
        &self,
        scope: &HomeScope,
        owner: PersonId,
        heir: PersonId,
    ) -> Result<(), UseCaseError> {
        let (from, to) = (self.member(scope, owner).await?, self.member(scope, heir).await?);
        if to.role != Role::Member {
            return Err(MemberError::NotAMember.into());
        }
        check_may_own_more(&*self.homes, heir).await?;
        let with_role = |before: Member, role| MemberChange {
            after: Some(before.with_role(role)),
            before,
        };
        let changes = [with_role(from, Role::Member), with_role(to, Role::Owner)];
        Ok(self.members.change_members(scope, &changes).await?)
    }

    async fn member(&self, scope: &HomeScope, person: PersonId) -> Result<Member, UseCaseError> {
        let member = self.members.member(scope, person).await?;
        member.ok_or(UseCaseError::NotFound { what: "member" })
    }

    async fn check_room(&self, scope: &HomeScope) -> Result<(), UseCaseError> {
        let is_full = self.members(scope).await?.len() >= MAX_MEMBERS;
        if is_full {
            return Err(MemberError::TooManyMembers.into());
        }
        Ok(())
    }
}

/// Refuses a home more to who owns [`MAX_OWNED_HOMES`].
pub(super) async fn check_may_own_more(homes: &dyn HomeStore, person: PersonId) -> Result<(), UseCaseError> {
    let all = every(|page| async move { homes.memberships(person, &page).await }).await?;
    let owned = all.iter().filter(|membership| membership.role == Role::Owner);
    if owned.count() >= MAX_OWNED_HOMES {
        return Err(UseCaseError::TooManyHomes);
    }
    Ok(())
}

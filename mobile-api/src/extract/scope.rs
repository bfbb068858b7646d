//! What the caller may reach: the way from a path to a home's data leads through a membership.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use domain::access::{HomeScope, Principal};
use domain::home::Role;
use domain::id::{HomeId, RobotId};
use domain::usecase::RobotAccess;
use http::request::Parts;

use super::{Bearer, PathId};
use crate::problem::Problem;
use crate::state::ApiState;

/// The role that a route needs.
pub(crate) trait Needs: Send {
    /// At least this.
    const ROLE: Role;
}

/// For those who may see, start and stop.
#[derive(Debug)]
pub(crate) struct AsGuest;

/// For those who may also change settings.
#[derive(Debug)]
pub(crate) struct AsMember;

/// For those who may also pair and unpair.
#[derive(Debug)]
pub(crate) struct AsOwner;

impl Needs for AsGuest {
    const ROLE: Role = Role::Guest;
}

impl Needs for AsMember {
    const ROLE: Role = Role::Member;
}

impl Needs for AsOwner {
    const ROLE: Role = Role::Owner;
}

/// The robot of the path, for a caller with the role `R` in its home.
#[derive(Debug)]
pub(crate) struct RobotOf<R> {
    /// The robot and the right to its home's data.
    pub(crate) access: RobotAccess,
    /// Who asks.
    pub(crate) principal: Principal,
    needed: PhantomData<R>,
}

/// The home of the path, for a caller with the role `R` in it.
#[derive(Debug)]
pub(crate) struct HomeOf<R> {
    /// The right to its data.
    pub(crate) scope: HomeScope,
    /// What the caller may do there.
    pub(crate) role: Role,
    /// Who asks.
    pub(crate) principal: Principal,
    needed: PhantomData<R>,
}

impl<R> HomeOf<R> {
    /// Whether the caller owns the home.
    pub(crate) fn is_owners(&self) -> bool {
        self.role == Role::Owner
    }
}

impl<R: Needs> FromRequestParts<ApiState> for RobotOf<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let Bearer(principal) = Bearer::from_request_parts(parts, state).await?;
        let PathId(robot) = PathId::<RobotId>::from_request_parts(parts, state).await?;
        let access = state
            .services
            .authorizing
            .robot(&principal, robot, R::ROLE)
            .await?;
        Ok(Self {
            access,
            principal,
            needed: PhantomData,
        })
    }
}

impl<R: Needs> FromRequestParts<ApiState> for HomeOf<R> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let Bearer(principal) = Bearer::from_request_parts(parts, state).await?;
        let PathId(home) = PathId::<HomeId>::from_request_parts(parts, state).await?;
        let (scope, membership) = state.services.authorizing.home(&principal, home, R::ROLE).await?;
        Ok(Self {
            scope,
            role: membership.role,
            principal,
            needed: PhantomData,
        })
    }
}

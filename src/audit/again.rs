//! A request that was judged, to be judged again.

use super::JudgedRequest;
use crate::{
    eval::{Context, Origin, Principal, Request},
    policy::ActionName,
};

impl JudgedRequest {
    /// The request as it was judged, as far as the record keeps it: a condition key that no policy asks
    /// for is unknown in it.
    pub fn request(&self, principal: &Principal) -> Request {
        let mut context = Context::partial();
        for (key, fact) in &self.facts {
            context.set(key.as_str(), fact.clone(), Origin::Recorded);
        }
        let action = ActionName::new(self.action.as_str());
        let mut request = Request::new(principal.clone(), action, self.resource.clone(), context);
        request.resource_account = self.resource_account;
        request
    }
}

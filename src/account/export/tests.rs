use super::*;
use crate::account::Holders;

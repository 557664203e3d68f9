-- Each claim and each use of a coupon writes into all of its indexes: coupons of an offer are found by their campaign.

DROP INDEX coupon_offer;
